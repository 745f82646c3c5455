/** The options of a trainer as they are sent: only what is another way than it would be anyway. */

import type { Port } from "@/api/types";

const isSame = (one: unknown, other: unknown) => JSON.stringify(one ?? null) === JSON.stringify(other ?? null);

/** What differs from before; what was not said before had the trainer's default. */
export function changedOnly(values: Record<string, unknown>, before: Record<string, unknown>, ports: readonly Port[]): Record<string, unknown> {
  const was = (name: string) => (name in before ? before[name] : ports.find((port) => port.name === name)?.default);
  return Object.fromEntries(Object.entries(values).filter(([name, value]) => !isSame(value, was(name))));
}

const FIRST = ["preset", "prompt"];

/** The one that is chosen as cards, those that stand at once, and the rest, which most people leave as it is. */
export function sorted(ports: readonly Port[]): { preset: Port | undefined; first: Port[]; rest: Port[] } {
  return {
    preset: ports.find(({ name, type }) => name === "preset" && type === "category"),
    first: ports.filter(({ name }) => name !== "preset" && FIRST.includes(name)),
    rest: ports.filter(({ name }) => !FIRST.includes(name)),
  };
}

const WORDS: Record<string, { title: string; about: string }> = {
  quick: { title: "Quick", about: "To hear whether it works. Minutes." },
  standard: { title: "Standard", about: "A good model of most texts. Up to half an hour." },
  thorough: { title: "Thorough", about: "As good as this text and this machine allow. Hours." },
};

/** What a preset is called, and what it is for, where that is known. */
export const presetWords = (preset: string): { title: string; about: string } => WORDS[preset] ?? { title: preset.slice(0, 1).toUpperCase() + preset.slice(1), about: "" };
