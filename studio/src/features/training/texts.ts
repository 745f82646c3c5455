/** Files of texts before they are sent: which of a folder are taken, and under which names. */

const READ = new Set(["txt", "text", "md", "markdown", "csv", "tsv", "jsonl", "ndjson"]);

export const ACCEPT = [...READ].map((ending) => `.${ending}`).join(",");

export const nameOf = (file: File): string => file.webkitRelativePath || file.name;

const isHidden = (name: string) => name.split("/").some((part) => part.startsWith("."));

export interface Taken {
  files: File[];
  /** Files that are passed over because their names say that they are no texts. */
  leftOut: string[];
}

/** What of some files is sent. One that was chosen by itself is sent anyway: the server says best what is wrong with it. */
export function taken(chosen: readonly File[]): Taken {
  if (chosen.length === 1 && !chosen[0]?.webkitRelativePath) return { files: [...chosen], leftOut: [] };
  const seen = chosen.filter((file) => !isHidden(nameOf(file)));
  const isText = (file: File) => READ.has(/\.([^./]+)$/.exec(file.name)?.[1]?.toLowerCase() ?? "");
  return { files: seen.filter(isText), leftOut: seen.filter((file) => !isText(file)).map(nameOf) };
}

/** A text that somebody has pasted, as a file. */
export const asFile = (text: string, name: string): File => new File([text], `${name.trim() || "My text"}.txt`, { type: "text/plain" });

/** Columns of the first lines of a table; of a kind that has none, nothing. */
export function columnsOf(name: string, beginning: string): string[] {
  const ending = name.split(".").at(-1)?.toLowerCase();
  const [first = ""] = beginning.replace(/^\uFEFF/, "").split(/\r?\n/);
  if (ending === "csv" || ending === "tsv") {
    const mark = ending === "tsv" ? "\t" : [",", ";", "\t", "|"].reduce((best, one) => (first.split(one).length > first.split(best).length ? one : best));
    return first.split(mark).map((word) => word.trim().replace(/^"|"$/g, "")).filter(Boolean);
  }
  if (ending !== "jsonl" && ending !== "ndjson") return [];
  try {
    const row: unknown = JSON.parse(first);
    return typeof row === "object" && row !== null && !Array.isArray(row) ? Object.keys(row) : [];
  } catch {
    return [];
  }
}
