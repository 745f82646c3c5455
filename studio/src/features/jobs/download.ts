import { downloadUrl } from "@/api/client";
import type { Job } from "@/api/types";

/** Have the browser save what lies at an address. */
export function save(url: string, name: string): void {
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
}

/** Save all that came out of a job: its files as they are, the rest as one JSON file. */
export function download(job: Job): void {
  const stem = `${job.model}-${job.id.slice(-8)}`;
  const plain = job.outputs.filter((output) => !output.files.length);
  const files = job.outputs.flatMap((output) =>
    output.files.map((file) => ({ ...file, name: `${stem}-${output.name}${/\.[a-z0-9]+$/i.exec(file.name)?.[0] ?? ""}` })),
  );
  files.forEach((file, index) => {
    setTimeout(() => { save(downloadUrl(file.blob, file.name), file.name); }, index * 300); // browsers drop several at once
  });
  if (!plain.length) return;
  const [only] = plain;
  const isText = plain.length === 1 && typeof only?.value === "string";
  const text = isText ? String(only.value) : JSON.stringify(Object.fromEntries(plain.map((output) => [output.name, output.value])), null, 2);
  const url = URL.createObjectURL(new Blob([text], { type: isText ? "text/plain" : "application/json" }));
  save(url, `${stem}.${isText ? "txt" : "json"}`);
  setTimeout(() => { URL.revokeObjectURL(url); }, 60_000);
}
