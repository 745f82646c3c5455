/** From ports to values and back: what a form starts with, what is wrong, what is sent. */

import type { Job, ModelSpec, Port } from "@/api/types";
import { emptyOf, wrongWith } from "@/widgets/catalogue";

export function startValues(ports: Port[]): Record<string, unknown> {
  return Object.fromEntries(ports.map((port) => [port.name, emptyOf(port)]));
}

/** What is wrong, by the name of the port. */
export function wrongs(ports: Port[], values: Record<string, unknown>): Record<string, string> {
  const found = ports.map((port) => [port.name, wrongWith(port, values[port.name])] as const);
  return Object.fromEntries(found.filter((pair): pair is [string, string] => pair[1] !== null));
}

/** The values as they are sent: what is left out stays out, so that the model's own default applies. */
export function toSend(ports: Port[], values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(ports.map((port): [string, unknown] => [port.name, values[port.name]]).filter(([, value]) => value !== undefined));
}

const isSame = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

/** The options that are not as the model would have them: with the others named, it would be loaded twice. */
export function optionsToSend(spec: ModelSpec, options: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(toSend(spec.options, options)).filter(([name, value]) => !isSame(value, spec.options.find((port) => port.name === name)?.default ?? null)));
}

/** What the form of the options shows. */
export const allOptions = (spec: ModelSpec, options: Record<string, unknown>): Record<string, unknown> => ({ ...startValues(spec.options), ...options });

/** Whether a job had the model set up in the same way. */
export const isSetUpAs = (job: Job, options: Record<string, unknown>): boolean => {
  const names = new Set([...Object.keys(job.options), ...Object.keys(options)]);
  return [...names].every((name) => isSame(job.options[name], options[name]));
};

/** The values of a job that was made before, for the form. */
export function ofJob(ports: Port[], job: Job): Record<string, unknown> {
  return { ...startValues(ports), ...job.inputs };
}

/** Whether a job was made of these values. */
export function isMadeOf(job: Job, ports: Port[], values: Record<string, unknown>): boolean {
  const made = ofJob(ports, job);
  return ports.every(({ name }) => isSame(made[name] ?? null, values[name] ?? null));
}
