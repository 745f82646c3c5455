/** What a job shows: where its files are, its picture, its words. */

import { fileUrl } from "@/api/client";
import type { Command, Job, Output, Port } from "@/api/types";
import type { FileValue, Scene } from "@/widgets/widget";
import { isFileValue } from "@/widgets/widget";

/** Where the browser finds a file value; a data URI is its own address. */
export function urlOf(value: unknown): string | undefined {
  if (isFileValue(value)) return fileUrl(value.blob);
  return typeof value === "string" && /^(data|blob):/.test(value) ? value : undefined;
}

/** The first picture among the values: what points, boxes and masks lie over, and what "before" shows. */
export function sceneOf(ports: Port[], values: Record<string, unknown>): Scene {
  const port = ports.find((one) => one.type === "image" && urlOf(values[one.name]) !== undefined);
  return { picture: port && urlOf(values[port.name]) };
}

/** Types whose values are files. */
export const MEDIA = new Set(["image", "mask", "segmentation", "video", "audio", "file"]);

/** The value of an output for its widget, or the one file in which a large value lies. */
export function valueOf(output: Output): { value: unknown; inFile?: FileValue } {
  const [first] = output.files;
  if (!first) return { value: output.value ?? undefined };
  if (output.type === "directory") return { value: { files: Object.fromEntries(output.files.map((file) => [file.name, file])) } };
  if (MEDIA.has(output.type)) return { value: first };
  if (output.type === "list" && !first.media_type.includes("json")) return { value: output.files };
  return { value: undefined, inFile: first };
}

/** The picture that stands for a job in a row of others. */
export function pictureOf(job: Job): FileValue | undefined {
  const outputs = [...job.outputs].sort((one, other) => Number(other.type === "image") - Number(one.type === "image"));
  const files = outputs.flatMap((output) => output.files).concat(Object.values(job.inputs).filter(isFileValue) as Output["files"]);
  return files.find((file) => file.media_type.startsWith("image/"));
}

/** The few words that stand for a job without a picture. */
export function gist(job: Job): string {
  const texts = [...job.outputs.map((output) => output.value), ...Object.values(job.inputs)];
  return texts.find((value): value is string => typeof value === "string" && value !== "" && !value.startsWith("data:"))?.slice(0, 80) ?? "";
}

/** A command by its name, or the first. */
export function commandOf(commands: Command[], name: string | null): Command | undefined {
  return commands.find((command) => command.name === name) ?? commands[0];
}

/** A value in a few words, for lists of what went in. */
export function brief(value: unknown): string {
  if (isFileValue(value)) return value.name ?? "A file";
  if (typeof value === "string") return value.startsWith("data:") ? "A file" : value;
  if (typeof value === "boolean") return value ? "Yes" : "No";
  return value === undefined ? "–" : JSON.stringify(value);
}

const isTraining = (job: Job) => job.kind === "training";

/** What a job is called: after its model; a training after the model that will come of it. */
export const calledAs = (job: Job): string => (isTraining(job) ? `Training ${typeof job.inputs["name"] === "string" ? job.inputs["name"] : ""}`.trim() : job.model_title || job.model);

/** Where a job is looked at. */
export const placeOf = (job: Job): string => (isTraining(job) ? `/training/${job.id}` : `/history/${job.id}`);
