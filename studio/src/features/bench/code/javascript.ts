/** For JavaScript: the same in Node and on a page, but for where files come from. */

import type { Given } from "./given";
import { LocalFile, filesIn, literal, orderOf } from "./given";

const plain = (value: unknown): string =>
  value instanceof LocalFile ? `await upload(await openAsBlob(${JSON.stringify(value.name)}), ${JSON.stringify(value.name)})` : JSON.stringify(value);

const OPEN = `// On a page, instead of openAsBlob: the file of an <input type="file">, or what canvas.toBlob gives.
import { openAsBlob } from "node:fs";

`;
const UPLOAD = `
const upload = (file, name) => ask("/files?name=" + encodeURIComponent(name), file, "application/octet-stream");
`;

export function javascript(given: Given): string {
  const order = orderOf(given);
  const hasFiles = filesIn(order).length > 0;
  const key = given.needsKey ? ', Authorization: "Bearer " + process.env.GESSO_KEY' : "";
  const head = given.needsKey ? `{ headers: { "Content-Type": kind${key} }, ...(body && { method: "POST", body }) }` : `body && { method: "POST", body, headers: { "Content-Type": kind } }`;
  return `${hasFiles ? OPEN : ""}const GESSO = "${given.origin}/api/v1";

async function ask(path, body, kind = "application/json") {
  const answer = await fetch(GESSO + path, ${head});
  const said = await answer.json();
  if (!answer.ok) throw new Error(said.message);
  return said;
}
${hasFiles ? UPLOAD : ""}
const order = ${literal(order, plain)};
let job = await ask("/jobs", JSON.stringify(order));
while (!job.completed_at) {
  await new Promise((resolve) => setTimeout(resolve, 100));
  job = await ask("/jobs/" + job.id);
}

console.log(job.status, job.error ?? "");
for (const { name, value, files } of job.outputs) {
  console.log(name, value);
  for (const { blob } of files) console.log(GESSO + "/files/" + blob);
}`;
}
