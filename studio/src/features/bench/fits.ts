/** Which inputs take what came out of a model: pure functions of ports and values. */

import type { Command, Json, ModelSpec, Port } from "@/api/types";
import { MEDIA } from "@/features/jobs/shown";
import { wrongWith } from "@/widgets/catalogue";

/** An input that takes a value, and the value as it takes it. */
export interface Fit {
  command: Command;
  port: Port;
  value: unknown;
}

const PICTURES = new Set(["image", "mask", "segmentation"]);

/** A value of a type as another type has it; undefined if it cannot be. */
function as(type: string, port: Port, value: unknown): unknown {
  if (port.type === type) return value;
  if (port.type === "image" && PICTURES.has(type)) return value;
  if (port.type === "mask" && type === "image") return value;
  if (port.type === "file" && MEDIA.has(type)) return value;
  if (port.type === "json" && !MEDIA.has(type) && type !== "directory") return value;
  if (port.type !== "list") return undefined;
  const items = port.constraints["items"] as { type: string; constraints?: Record<string, Json> };
  const item = as(type, { ...port, type: items.type, constraints: items.constraints ?? {} }, value);
  return item === undefined ? undefined : [item];
}

/** All inputs of a model that take a value of a type; those of the very type come first. */
export function fitting(spec: ModelSpec, type: string, value: unknown): Fit[] {
  const all = spec.commands.flatMap((command) => command.inputs.map((port) => ({ command, port, value: as(type, port, value) })));
  const fits = all.filter((fit) => fit.value !== undefined && wrongWith(fit.port, fit.value) === null);
  return fits.sort((one, other) => Number(other.port.type === type) - Number(one.port.type === type));
}
