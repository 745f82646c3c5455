/** A bot that is being thought of: it stays while one looks elsewhere. */

import { create } from "zustand";
import type { Bot, Persona } from "@/api/types";

export const STEPS = ["Model", "Persona", "Manners", "Network"] as const;
export type Step = (typeof STEPS)[number];
export type Network = Bot["network"];

export interface Draft {
  step: Step;
  /** How far one has come: the number of the last step that was seen. */
  reached: number;
  persona: Persona;
  network: Network;
  isEvents: boolean;
  /** The token of a deployment elsewhere: given to the keyring as soon as there is a bot. */
  token: string;
}

export const START: Persona = {
  name: "",
  model: "",
  command: null,
  inputs: {},
  template: "{conversation}\n{name}:",
  memory: { messages: 12, characters: 2000, minutes: 60 },
  speaking: { on_mention: true, on_direct: true, keywords: [], chance: 0, channels: [] },
  limits: { per_channel: 10, per_person: 5, turns_with_bots: 2, turns_with_one: 30 },
  answers: { characters: 400, waking: "💤 …", waking_after_s: 3, failing: "", patience_s: 120 },
  posts: { every_minutes: 0, prompts: [""], channel: "" },
  blocked: [],
};

export const isAddress = (model: string): boolean => /^https?:\/\//i.test(model);

const BEGIN: Draft = { step: "Model", reached: 0, persona: START, network: "rehearsal", isEvents: false, token: "" };

interface Drafts extends Draft {
  goTo: (step: Step) => void;
  set: (change: Partial<Draft>) => void;
  clear: () => void;
  /** Begin with a model that was chosen elsewhere; of one that is thought of already nothing else is lost. */
  beginWith: (model: string) => void;
}

export const useDraft = create<Drafts>((set) => ({
  ...BEGIN,
  set,
  goTo: (step) => {
    set(({ reached }) => ({ step, reached: Math.max(reached, STEPS.indexOf(step)) }));
  },
  clear: () => {
    set(BEGIN);
  },
  beginWith: (model) => {
    set(({ persona, token }) => (persona.model === model ? {} : { step: "Model", token: isAddress(model) ? token : "", persona: { ...persona, model, command: null, inputs: {} } }));
  },
}));

/** "My Poet!" -> "my-poet", which nobody else is called. */
export function keptName(name: string, taken: readonly string[]): string {
  const plain = name.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/[^a-z0-9]+/g, "-").slice(0, 58).replace(/^-+|-+$/g, "") || "bot";
  let [kept, number] = [plain, 2];
  while (taken.includes(kept)) kept = `${plain}-${String(number++)}`;
  return kept;
}

/** What is still missing or wrong in a step; null if it is done. Numbers that are wrong are not numbers. */
export function missing(step: Step, persona: Persona): string | null {
  const { memory, answers, limits, speaking, posts } = persona;
  const wrong = [...Object.values(memory), ...Object.values(limits), answers.characters, answers.waking_after_s, speaking.chance, posts.every_minutes];
  const isNumber = wrong.every((value) => !Number.isNaN(value));
  if (step === "Model") return persona.model.trim() === "" ? "Choose who writes." : null;
  if (step === "Persona") {
    if (persona.name.trim() === "") return "Give it a name.";
    if (!/\{(conversation|message)\}/.test(persona.template)) return "The prompt needs {conversation} or {message}.";
  }
  return isNumber ? null : "A number is not right.";
}
