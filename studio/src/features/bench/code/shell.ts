/** For a terminal: Gesso's own command, and curl. */

import type { Given } from "./given";
import { LocalFile, filesIn, inputsOf, literal, optionsOf, orderOf, reference } from "./given";

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
const word = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));

function given(name: string, value: unknown): string[] {
  if (value instanceof LocalFile) return [`-i ${quoted(`${name}=@${value.name}`)}`];
  const files = filesIn(value);
  if (!files.length) return [`-i ${quoted(`${name}=${word(value)}`)}`];
  return Array.isArray(value) ? files.map((file) => `-i ${quoted(`${name}=@${file.name}`)}`) : [`-i ${quoted(`${name}=@${name}/`)}`];
}

const ENDINGS: Record<string, string> = { image: "png", mask: "png", audio: "wav" };
const PRINTED = new Set(["text", "number", "boolean", "category", "vector", "json", "list", "points", "landmarks", "bounding_boxes"]);

/** Where the outputs go: the one that is a file into that, several into a folder, others are printed. */
function destination({ command }: Given): string {
  const [file, ...more] = command.outputs.filter(({ type }) => !PRINTED.has(type));
  if (!file) return "--json";
  const ending = ENDINGS[file.type];
  return more.length || !ending ? "-o out/" : `-o ${file.name}.${ending}`;
}

export function commandLine(all: Given): string {
  const inputs = Object.entries(inputsOf(all)).flatMap(([name, value]) => given(name, value));
  const options = Object.entries(optionsOf(all)).map(([name, value]) => `--option ${quoted(`${name}=${word(value)}`)}`);
  return [`gesso run ${reference(all)}`, ...inputs, ...options, destination(all)].join(" \\\n  ");
}

export function curl(all: Given): string {
  const api = `${all.origin}/api/v1`;
  const ask = all.needsKey ? 'curl -sS -H "Authorization: Bearer $GESSO_KEY"' : "curl -sS";
  const order = orderOf(all);
  const files = filesIn(order);
  const uploads = files.map(
    ({ name }, index) => `file${index + 1}=$(${ask} -F ${quoted(`file=@"${name.replaceAll(/["\\]/g, "\\$&")}"`)} ${api}/files)`,
  );
  let count = 0;
  const body = literal(order, (plain) => (plain instanceof LocalFile ? `'"$file${++count}"'` : JSON.stringify(plain).replaceAll("'", "'\\''")));
  return [
    ...uploads,
    `job=$(${ask} ${api}/jobs -H 'Content-Type: application/json' -d '${body}' | jq -r .id)`,
    `${ask} -N ${api}/jobs/$job/events   # what happens, until it is done`,
    `${ask} ${api}/jobs/$job | jq .outputs`,
    `${ask} ${api}/jobs/$job | jq -r '.outputs[].files[] | "\\(.blob) \\(.name)"' |`,
    `  while read -r blob name; do ${ask} ${api}/files/$blob -o "$name"; done`,
  ].join("\n");
}
