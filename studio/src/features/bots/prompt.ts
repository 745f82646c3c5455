/** What the model is sent: the same rules as the server's, for a conversation that is made up. */

import type { Persona } from "@/api/types";

export const PLACEHOLDERS = ["conversation", "message", "author", "name"] as const;

export interface Line {
  author: string;
  text: string;
}

/** A piece of a prompt; `from` is the placeholder that it stands for, if it does. */
export interface Piece {
  text: string;
  from: string | null;
}

/** A short talk to look at a template with. */
export const exampleTalk = (name: string): Line[] => [
  { author: "Ada", text: "Good evening. Is anybody there?" },
  { author: name, text: "Where else would I be, at this hour?" },
  { author: "Grace", text: "It has been raining since noon." },
  { author: "Ada", text: `What do you see from the window, ${name}?` },
];

/** What is remembered of a talk: the last lines, as many and as long as they may be. */
export function remembered(lines: readonly Line[], { messages, characters }: Persona["memory"]): Line[] {
  const found: Line[] = [];
  let left = characters;
  for (const line of lines.slice(-Math.max(1, messages)).reverse()) {
    left -= `${line.author}: ${line.text}`.length + 1;
    if (left < 0 && found.length > 0) break;
    found.unshift(line);
  }
  return found;
}

/** The prompt for an answer to the last of the lines, in pieces. */
export function promptOf(persona: Persona, talk: readonly Line[]): Piece[] {
  const lines = remembered(talk, persona.memory);
  const last = lines.at(-1) ?? { author: "", text: "" };
  const values: Record<string, string> = {
    conversation: lines.map(({ author, text }) => `${author}: ${text}`).join("\n"),
    message: last.text,
    author: last.author,
    name: persona.name.trim().replace(/\s+/g, " ") || "…",
  };
  return persona.template
    .split(/(\{(?:conversation|message|author|name)\})/)
    .filter((text) => text !== "")
    .map((text) => {
      const value = /^\{(\w+)\}$/.exec(text)?.[1];
      const said = value === undefined ? undefined : values[value];
      return said === undefined || value === undefined ? { text, from: null } : { text: said, from: value };
    });
}
