/** What was said in rehearsal: it stays while one looks elsewhere. */

import { create } from "zustand";
import { bots, rehearse } from "@/api/bots";
import { problemOf } from "@/api/client";
import type { BotNote, Problem, RehearsalLine } from "@/api/types";

export interface Talk {
  notes: BotNote[];
  /** Ends what is being said. */
  leave: (() => void) | null;
  problem: Problem | null;
}

const NOTHING: Talk = { notes: [], leave: null, problem: null };

const useTalks = create<{ talks: Record<string, Talk> }>(() => ({ talks: {} }));

export const useTalk = (bot: string): Talk => useTalks(({ talks }) => talks[bot] ?? NOTHING);

function change(bot: string, make: (before: Talk) => Partial<Talk>): void {
  useTalks.setState(({ talks }) => {
    const before = talks[bot] ?? NOTHING;
    return { talks: { ...talks, [bot]: { ...before, ...make(before) } } };
  });
}

/** Say something to a bot, and hear what comes of it. Returns whether it was heard. */
export async function say(bot: string, line: RehearsalLine): Promise<boolean> {
  const leaving = new AbortController();
  const leave = () => { leaving.abort(); };
  change(bot, () => ({ leave, problem: null }));
  let isHeard = false;
  try {
    for await (const note of rehearse(bot, line, leaving.signal)) {
      isHeard = true;
      change(bot, ({ notes }) => ({ notes: [...notes, note] }));
    }
  } catch (error) {
    if (!leaving.signal.aborted) change(bot, () => ({ problem: problemOf(error) }));
  }
  change(bot, (before) => (before.leave === leave ? { leave: null } : {}));
  return isHeard;
}

/** Begin anew: nothing is remembered. */
export async function forget(bot: string): Promise<void> {
  clear(bot);
  try {
    await bots.forget(bot);
  } catch (error) {
    change(bot, () => ({ problem: problemOf(error) }));
  }
}

/** The bot has changed, and the server has forgotten what was said to it. */
export function clear(bot: string): void {
  useTalks.getState().talks[bot]?.leave?.();
  change(bot, () => NOTHING);
}
