/** From the notes of a bot to a conversation as one reads it. */

import type { BotNote } from "@/api/types";

export interface Turn {
  key: string;
  kind: "heard" | "said" | "aside";
  author: string;
  text: string;
  channel: string;
  /** An answer that is still being made. */
  isDraft: boolean;
  isBad: boolean;
}

const SILENCES: Record<string, string> = {
  own: "That is its own message.",
  empty: "It kept silent: there is no text.",
  channel: "It kept silent: it does not speak in this channel.",
  blocked: "It kept silent: a blocked word is in it.",
  unasked: "It kept silent: nobody spoke to it.",
  bots: "It kept silent: only bots have spoken for a while.",
  repeated: "It kept silent: the same words again and again.",
  pausing: "It pauses: the same one answers so long or so quickly that it may be a bot.",
  person: "It kept silent: this person has had their answers of this minute.",
  often: "It kept silent: this channel has had its answers of this minute.",
  busy: "It kept silent: too many messages wait already.",
  nothing: "It kept silent: the model wrote nothing that may be said.",
};
const STATES: Record<string, string> = { off: "Off", starting: "Connecting", on: "Connected", waiting: "Waiting to try again", failed: "Stopped" };

/** The conversation that the notes tell of, the oldest first. */
export function turnsOf(notes: readonly BotNote[]): Turn[] {
  const turns: Turn[] = [];
  const drafts = new Map<string, Turn>();
  const drop = (channel: string) => {
    const draft = drafts.get(channel);
    if (draft) turns.splice(turns.indexOf(draft), 1);
    drafts.delete(channel);
  };
  for (const note of notes) {
    const turn: Turn = { key: String(note.number), kind: "aside", author: note.author, text: note.text, channel: note.channel_name, isDraft: false, isBad: false };
    if (note.kind === "part") {
      const draft = drafts.get(note.channel);
      if (draft) draft.text += note.text;
      else {
        const begun: Turn = { ...turn, kind: "said", isDraft: true };
        drafts.set(note.channel, begun);
        turns.push(begun);
      }
      continue;
    }
    if (note.kind === "said" || note.kind === "silent" || note.kind === "failed") drop(note.channel);
    if (note.kind === "heard" || note.kind === "said") turns.push({ ...turn, kind: note.kind });
    else if (note.kind === "silent") turns.push({ ...turn, text: SILENCES[note.reason] ?? `It kept silent: ${note.reason}.` });
    else if (note.kind === "waking") turns.push({ ...turn, text: note.text ? `Its model wakes. It says “${note.text}”` : "Its model wakes." });
    else if (note.kind === "failed") turns.push({ ...turn, text: note.text, isBad: true });
    else {
      const text = [STATES[note.reason] ?? note.reason, note.text].filter(Boolean).join(": ");
      if (turns.at(-1)?.text !== text) turns.push({ ...turn, text, isBad: note.reason === "failed" });
    }
  }
  return turns;
}
