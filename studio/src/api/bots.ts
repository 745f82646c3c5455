/** Bots: what they are, how they stand, what is said to them and by them. */

import { AwayError, BASE, GATEWAY, ask, one, query, refusal } from "./client";
import { told } from "./told";
import type { Bot, BotChange, BotNetwork, BotNote, NewBot, RehearsalLine } from "./types";

const at = (name: string, what = "") => `/bots/${one(name)}${what}`;

export const bots = {
  networks: async () => (await ask<{ networks: BotNetwork[] }>("GET", "/bot-networks")).networks,
  all: async () => (await ask<{ bots: Bot[] }>("GET", "/bots")).bots,
  create: (wanted: NewBot) => ask<Bot>("POST", "/bots", wanted),
  get: (name: string) => ask<Bot>("GET", at(name)),
  change: (name: string, change: BotChange) => ask<Bot>("PATCH", at(name), change),
  remove: (name: string) => ask<undefined>("DELETE", at(name)),
  start: (name: string) => ask<Bot>("POST", at(name, "/start")),
  stop: (name: string) => ask<Bot>("POST", at(name, "/stop")),
  putKey: (name: string, key: string, value: string) => ask<undefined>("PUT", at(name, `/keys/${one(key)}`), { value }),
  removeKey: (name: string, key: string) => ask<undefined>("DELETE", at(name, `/keys/${one(key)}`)),
  forget: (name: string) => ask<undefined>("POST", at(name, `/forget${query({ channel: "rehearsal" })}`)),
};

/** Say something to a bot that no network hears, and hear what happens until it has answered, or does not. */
export async function* rehearse(name: string, line: RehearsalLine, signal: AbortSignal): AsyncGenerator<BotNote> {
  let response: Response;
  try {
    response = await fetch(`${BASE}${at(name, "/rehearse")}`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(line), signal });
  } catch (error) {
    if (signal.aborted) throw error;
    throw new AwayError();
  }
  if (GATEWAY.has(response.status)) throw new AwayError();
  if (!response.ok) throw await refusal(response);
  yield* told<BotNote>(response);
}

/** Hear what a bot hears and says. `onBegin`: all that is kept is told from its beginning, also after a broken connection. */
export function hear(name: string, onBegin: () => void, onNote: (note: BotNote) => void): () => void {
  const source = new EventSource(`${BASE}${at(name, "/events")}`);
  source.onopen = onBegin;
  source.onmessage = (message: MessageEvent<string>) => {
    onNote(JSON.parse(message.data) as BotNote);
  };
  return () => {
    source.close();
  };
}
