/** Models that go on with a text: which they are, what they have said, what of it stands word for word elsewhere. */

import type { Command, Memorised } from "@/api/types";
import type { Bench } from "./bench-store";

export const COUNTS: readonly number[] = [1, 2, 4];
const MOST_SEED = 2 ** 32;

/** Whether a command goes on with a text: from a `prompt` to a text. */
export const isSpeaking = (command: Command): boolean =>
  command.outputs[0]?.type === "text" && command.inputs.some(({ name, type }) => name === "prompt" && type === "text");

/** The command that a bench has: the one that was chosen, else the first; of those that speak, one whose text comes as it is written. */
export function chosenCommand(commands: readonly Command[], name: string | null): Command | undefined {
  const chosen = commands.find((command) => command.name === name);
  const [first] = commands;
  if (chosen ?? !first) return chosen;
  return isSpeaking(first) ? commands.find((command) => command.is_streaming && isSpeaking(command)) ?? first : first;
}

/** A speaking command as the bench shows it: its prompt is a page. Its seed is that of the run, which the bench has anyway. */
export function onPage(command: Command): Command {
  const inputs = command.inputs
    .filter(({ name, type, is_required }) => is_required || !(name === "seed" && type === "number"))
    .map((port) => (port.name === "prompt" ? { ...port, constraints: { ...port.constraints, multiline: true } } : port));
  return { ...command, inputs };
}

/** What a command does, in words for people: its name is for programs. */
export function commandWords(command: Command, commands: readonly Command[]): string {
  const words = command.name.replaceAll("_", " ");
  const named = words.charAt(0).toUpperCase() + words.slice(1);
  const speaking = commands.filter(isSpeaking);
  if (!isSpeaking(command)) return named;
  if (speaking.length === 1) return "Write";
  const twins = speaking.filter(({ is_streaming }) => is_streaming === command.is_streaming);
  if (twins.length > 1) return named;
  return command.is_streaming ? "Write, bit by bit" : "Write, all at once";
}

/** The jobs that are shown side by side: those that were asked for together with the chosen one. */
export const together = ({ jobId, group }: Pick<Bench, "jobId" | "group">): string[] => (jobId === null ? [] : group.includes(jobId) ? group : [jobId]);

/** Seeds for several samples: one after the other, so that each can be had again. */
export const seedsFrom = (first: number, count: number): number[] => Array.from({ length: count }, (_, index) => (first + index) % MOST_SEED);

/** A text with what it goes on from; some models say that again, others do not. */
export const wholeOf = (prompt: string, text: string): string => (text.startsWith(prompt) ? text : prompt + text);

export interface Passage {
  text: string;
  /** "asked": it was given. "said": it was written. */
  kind: "asked" | "said";
  /** Where it stands word for word, if it does. */
  source: string | null;
}

/**
 * Cut a text where the prompt ends and where memorised passages begin and end. What was given is not marked: nobody
 * wonders that it stands somewhere. The server counts characters, not halves of them.
 */
export function passagesOf(whole: string, prompt: string, spans: Memorised["spans"]): Passage[] {
  const signs = Array.from(whole);
  const asked = whole.startsWith(prompt) ? Array.from(prompt).length : 0;
  const cuts = [...new Set([0, asked, signs.length, ...spans.flatMap(({ start, end }) => [start, end])])].filter((cut) => cut <= signs.length).sort((one, other) => one - other);
  return cuts.slice(0, -1).map((start, index) => ({
    text: signs.slice(start, cuts[index + 1]).join(""),
    kind: start < asked ? "asked" : "said",
    source: start < asked ? null : spans.find((span) => span.start <= start && start < span.end)?.source ?? null,
  }));
}

/** Which share of what was written stands word for word elsewhere. */
export function sharedPart(passages: readonly Passage[]): number {
  const said = passages.filter(({ kind }) => kind === "said");
  const count = (some: readonly Passage[]) => some.reduce((sum, { text }) => sum + Array.from(text).length, 0);
  return count(said.filter(({ source }) => source !== null)) / Math.max(1, count(said));
}

/** The commands among which one chooses: one that writes at once is left out where another writes as it goes. */
export function offered(commands: readonly Command[], chosen: Command): Command[] {
  const isTwin = (command: Command) => isSpeaking(command) && !command.is_streaming && commands.some((one) => one.is_streaming && isSpeaking(one));
  return commands.filter((command) => command.name === chosen.name || !isTwin(command));
}
