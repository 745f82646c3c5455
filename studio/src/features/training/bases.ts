/** What a training may begin with, what that means, and what is usual for so much text. */

import type { Trainer } from "@/api/types";

/** The word for no base at all. */
export const NOTHING = "nothing";

export type BaseKind = "own" | "nothing" | "here" | "hub";
type Own = Pick<Trainer, "own_base" | "own_base_below_bytes">;

/** What it begins with if nobody says it: for short texts the model that comes with Gesso, if the trainer has one. */
export const usualBase = ({ own_base, own_base_below_bytes }: Own, bytes: number): string => (own_base && bytes < own_base_below_bytes ? own_base : NOTHING);

/** Where a base that was chosen comes from. */
export function kindOf(base: string, { own_base }: Own, here: readonly string[]): BaseKind {
  if (base === "" || base === NOTHING) return "nothing";
  if (base === own_base) return "own";
  return here.includes(base) ? "here" : "hub";
}

const capitalised = (word: string): string => word.slice(0, 1).toUpperCase() + word.slice(1);

/** What can be chosen among. */
export function basesFor({ own_base }: Own, here: readonly string[]): { value: BaseKind; label: string }[] {
  const all: { value: BaseKind; label: string }[] = [
    { value: "own", label: capitalised(own_base) },
    { value: "nothing", label: "Nothing" },
    { value: "here", label: "A model of mine" },
    { value: "hub", label: "A model of the hub" },
  ];
  return all.filter(({ value }) => (value !== "own" || own_base !== "") && (value !== "here" || here.length > 0));
}

/** What a choice means for this text, in plain words. */
export function aboutBase(kind: BaseKind, trainer: Own, bytes: number): string {
  const isShort = bytes < trainer.own_base_below_bytes;
  const own = capitalised(trainer.own_base);
  switch (kind) {
    case "own":
      return `${own} comes with Gesso and has read the old books: it can write English, and takes on your words. Its old-fashioned voice stays underneath. ${isShort ? "The best beginning for so short a text." : "With so much text, try it beside nothing."}`;
    case "nothing":
      return `It knows no language but that of your text: its own voice only. ${trainer.own_base && isShort ? "Of so short a text it hardly learns to spell." : trainer.own_base ? `There is text enough for that here; ${own} is worth a try, too.` : "It wants more text."}`;
    case "here":
      return "It goes on from a model that was trained here.";
    case "hub":
      return "It knows its language already, which is good for short texts. It is fetched once from Hugging Face, as its folder there is called.";
  }
}

/** What a training began with, as a sentence goes on. */
export const begunWith = (base: string): string => (base === "" || base === NOTHING ? "" : `, going on from ${base}`);
