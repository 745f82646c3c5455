import type { Bot } from "@/api/types";
import { StateWord } from "@/ui/page";
import { isLacking } from "./keys";

type Tone = "good" | "busy" | "bad" | "still";

const WORDS: Record<Bot["status"]["state"], { tone: Tone; word: string }> = {
  off: { tone: "still", word: "Off" },
  starting: { tone: "busy", word: "Connecting" },
  on: { tone: "good", word: "On" },
  waiting: { tone: "busy", word: "Tries again" },
  failed: { tone: "bad", word: "Stopped" },
};

/** How a bot stands, in a word with a dot. One in rehearsal is neither on nor off. */
export function BotState({ bot }: { bot: Bot }) {
  if (bot.network === "rehearsal") return <StateWord tone="still">In rehearsal</StateWord>;
  if (bot.status.state === "off" && isLacking(bot)) return <StateWord tone="still">Needs its keys</StateWord>;
  const { tone, word } = WORDS[bot.status.state];
  return <StateWord tone={tone}>{word}</StateWord>;
}
