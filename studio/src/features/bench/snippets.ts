/** "Use it from code": each snippet is a pure function of the model's spec and what lies on the bench. */

import type { Command, ModelSpec } from "@/api/types";
import { isFileValue } from "@/widgets/widget";

interface Given {
  spec: ModelSpec;
  command: Command;
  values: Record<string, unknown>;
  origin: string;
}

const STORED = new Set(["image", "mask", "segmentation", "video", "audio", "file"]);

/** The plain values that differ from the defaults, and the inputs that come from files, with a name for each. */
function split({ command, values }: Given) {
  const files: Record<string, string> = {};
  const plain: Record<string, unknown> = {};
  for (const port of command.inputs) {
    const value = values[port.name];
    if (STORED.has(port.type)) {
      if (value !== undefined || port.is_required) files[port.name] = isFileValue(value) && value.name ? value.name : `${port.name}${{ image: ".jpg", video: ".mp4", audio: ".wav" }[port.type] ?? ".png"}`;
    } else if (value !== undefined && (port.is_required || JSON.stringify(value) !== JSON.stringify(port.default))) plain[port.name] = value;
  }
  return { files, plain };
}

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

export function commandLine(given: Given): string {
  const { files, plain } = split(given);
  const isFirst = given.spec.commands[0]?.name === given.command.name;
  const inputs = [
    ...Object.entries(files).map(([name, file]) => `-i ${quoted(`${name}=@${file}`)}`),
    ...Object.entries(plain).map(([name, value]) => `-i ${quoted(`${name}=${typeof value === "string" ? value : JSON.stringify(value)}`)}`),
  ];
  const picture = given.command.outputs.find((port) => port.type === "image");
  const parts = [`gesso run ${given.spec.name}${isFirst ? "" : `:${given.command.name}`}`, ...inputs, picture ? `-o ${picture.name}.png` : "--json"];
  return parts.join(" \\\n  ");
}

function orderOf(given: Given, fileOf: (name: string) => unknown): Record<string, unknown> {
  const { files, plain } = split(given);
  const isFirst = given.spec.commands[0]?.name === given.command.name;
  const inputs = { ...Object.fromEntries(Object.keys(files).map((name) => [name, fileOf(name)])), ...plain };
  return { model: given.spec.name, ...(isFirst ? {} : { command: given.command.name }), inputs };
}

export function curl(given: Given): string {
  const { files } = split(given);
  const { origin } = given;
  const uploads = Object.entries(files).map(
    ([name, file]) => `${name}=$(curl -s -F ${quoted(`file=@${file}`)} ${origin}/api/v1/files)`,
  );
  const order = JSON.stringify(orderOf(given, (name) => `@${name}@`), null, 2);
  const body = Object.keys(files).reduce((text, name) => text.replace(`"@${name}@"`, `'"$${name}"'`), order.replaceAll("'", "'\\''"));
  return [
    ...uploads,
    `job=$(curl -s ${origin}/api/v1/jobs -H 'Content-Type: application/json' -d '${body}' | jq -r .id)`,
    `curl -sN ${origin}/api/v1/jobs/$job/events   # what happens, until it is done`,
    `curl -s ${origin}/api/v1/jobs/$job | jq .outputs`,
  ].join("\n");
}

function literal(value: unknown, indent: string): string {
  if (value === null || value === undefined) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (value instanceof Code) return value.text;
  const deeper = `${indent}    `;
  if (Array.isArray(value)) return `[${value.map((one) => literal(one, deeper)).join(", ")}]`;
  if (typeof value === "object") {
    const parts = Object.entries(value).map(([name, part]) => `${deeper}${JSON.stringify(name)}: ${literal(part, deeper)},\n`);
    return parts.length ? `{\n${parts.join("")}${indent}}` : "{}";
  }
  return JSON.stringify(value);
}

class Code {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export function python(given: Given): string {
  const { files } = split(given);
  const hasFiles = Object.keys(files).length > 0;
  const order = literal(orderOf(given, (name) => new Code(`upload(${JSON.stringify(files[name])})`)), "");
  const lines = [
    "import time",
    "",
    "import requests",
    "",
    `GESSO = "${given.origin}/api/v1"`,
    "",
    ...(hasFiles
      ? ["", "def upload(path):", '    with open(path, "rb") as file:', '        kept = requests.post(f"{GESSO}/files", files={"file": file})', "    kept.raise_for_status()", "    return kept.json()", "", ""]
      : []),
    `made = requests.post(f"{GESSO}/jobs", json=${order})`,
    "made.raise_for_status()",
    "job = made.json()",
    'while job["completed_at"] is None:',
    "    time.sleep(0.1)",
    "    job = requests.get(f\"{GESSO}/jobs/{job['id']}\").json()",
    "",
    'for output in job["outputs"]:',
    '    for kept in output["files"]:',
    '        with open(kept["name"], "wb") as file:',
    "            file.write(requests.get(f\"{GESSO}/files/{kept['blob']}\").content)",
    '    print(output["name"], output["value"] or [kept["name"] for kept in output["files"]])',
  ];
  return lines.join("\n");
}
