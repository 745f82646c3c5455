/** What a snippet of code is made of: a model and what lies on its bench. Each snippet is a pure function of it. */

import type { Command, ModelSpec, Port } from "@/api/types";
import { MEDIA } from "@/features/jobs/shown";
import { isFileValue } from "@/widgets/widget";
import { optionsToSend } from "../values";

export interface Given {
  spec: ModelSpec;
  command: Command;
  values: Record<string, unknown>;
  options: Record<string, unknown>;
  origin: string;
  /** Whether the server asks who one is. */
  needsKey: boolean;
}

/** A file that lies beside the code, named where its content goes. */
export class LocalFile {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

const ENDINGS: Record<string, string> = { image: ".jpg", mask: ".png", segmentation: ".png", video: ".mp4", audio: ".wav", file: "" };

/** A value with the files in it named instead of sent. */
function withNames(value: unknown, port: Port): unknown {
  if (isFileValue(value)) return new LocalFile(value.name ?? `${port.name}${ENDINGS[port.type] ?? ""}`);
  if (typeof value === "string" && value.startsWith("data:")) return new LocalFile(`${port.name}${ENDINGS[port.type] ?? ""}`);
  if (Array.isArray(value)) return value.map((item) => withNames(item, port));
  if (port.type !== "directory" || typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, typeof part === "object" ? withParts(part as object, port) : part]));
}

const withParts = (parts: object, port: Port) => Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, withNames(part, port)]));

/** The inputs that are not as they are anyway, with a file where one is needed and none is there yet. */
export function inputsOf({ command, values }: Given): Record<string, unknown> {
  const inputs: Record<string, unknown> = {};
  for (const port of command.inputs) {
    const value = values[port.name];
    if (value === undefined && port.is_required && MEDIA.has(port.type)) inputs[port.name] = new LocalFile(`${port.name}${ENDINGS[port.type] ?? ""}`);
    else if (value !== undefined && (port.is_required || JSON.stringify(value) !== JSON.stringify(port.default))) inputs[port.name] = withNames(value, port);
  }
  return inputs;
}

const isFirst = ({ spec, command }: Given) => spec.commands[0]?.name === command.name;

/** The model as `gesso run` names it: `pose`, or `pose:draw` if it is not the first command. */
export const reference = (given: Given): string => `${given.spec.name}${isFirst(given) ? "" : `:${given.command.name}`}`;

export const optionsOf = ({ spec, options }: Given): Record<string, unknown> => optionsToSend(spec, options);

/** What is sent to have a job made. */
export function orderOf(given: Given): Record<string, unknown> {
  const options = optionsOf(given);
  return {
    model: given.spec.name,
    ...(isFirst(given) ? {} : { command: given.command.name }),
    inputs: inputsOf(given),
    ...(Object.keys(options).length ? { options } : {}),
  };
}

/** The files that a snippet names, wherever they stand. */
export function filesIn(value: unknown): LocalFile[] {
  if (value instanceof LocalFile) return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(filesIn) : [];
}

/** Write a value as a literal that opens lists and objects over lines; `write` says how names and plain values look. */
export function literal(value: unknown, write: (plain: unknown) => string, indent = ""): string {
  const deeper = `${indent}  `;
  if (value instanceof LocalFile || typeof value !== "object" || value === null) return write(value);
  if (Array.isArray(value)) return `[${value.map((item) => literal(item, write, deeper)).join(", ")}]`;
  const parts = Object.entries(value).map(([name, part]) => `${deeper}${JSON.stringify(name)}: ${literal(part, write, deeper)}`);
  return parts.length ? `{\n${parts.join(",\n")}\n${indent}}` : "{}";
}
