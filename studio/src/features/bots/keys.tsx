import { KeyRound } from "lucide-react";
import { useState } from "react";
import { bots } from "@/api/bots";
import { problemOf } from "@/api/client";
import type { Bot, BotKey, Problem } from "@/api/types";
import { Button } from "@/ui/button";
import { TextInput } from "@/ui/controls";
import { Field } from "@/ui/field";
import { Ring } from "@/ui/ring";
import styles from "./bot.module.css";
import making from "./making.module.css";
import { isAddress } from "./draft";

const MODEL_KEY = "model_token";

/** The keys that matter to a bot as it is now. */
export const keysOf = (bot: Bot): BotKey[] =>
  bot.keys.filter((key) => (key.name === MODEL_KEY ? isAddress(bot.persona.model) : key.is_needed || key.source !== "" || key.name === "client_secret"));

export const isLacking = (bot: Bot): boolean => bot.network !== "rehearsal" && bot.keys.some((key) => key.is_needed && key.source === "");

/** The keys of a bot: asked for once, told where they are kept, never shown again. */
export function Keys({ bot, onChanged }: { bot: Bot; onChanged: () => Promise<unknown> }) {
  const keys = keysOf(bot);
  if (keys.length === 0) return null;
  return <ul className={styles.keys}>{keys.map((key) => <li key={key.name}><OneKey bot={bot.name} of={key} onChanged={onChanged} /></li>)}</ul>;
}

function OneKey({ bot, of, onChanged }: { bot: string; of: BotKey; onChanged: () => Promise<unknown> }) {
  const [isAsking, setAsking] = useState(false);
  const [value, setValue] = useState("");
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isBusy, setBusy] = useState(false);
  const act = async (doing: () => Promise<unknown>) => {
    setBusy(true);
    setProblem(null);
    try {
      await doing();
      setValue("");
      setAsking(false);
      await onChanged();
    } catch (error) {
      setProblem(problemOf(error));
    }
    setBusy(false);
  };
  const id = `key-${of.name}`;
  if (of.source !== "" && !isAsking) {
    return (
      <div className={styles.kept}>
        <KeyRound aria-hidden="true" />
        <span><strong>{of.title}</strong><span className="soft">{of.source === "keyring" ? "In the keyring of this computer. Not shown again." : `From the variable ${of.variable}.`}</span></span>
        {of.source === "keyring" && !of.is_made && <Button look="quiet" onClick={() => { setAsking(true); }}>Replace</Button>}
      </div>
    );
  }
  if (of.is_made) return <div className={styles.kept}><KeyRound aria-hidden="true" /><span><strong>{of.title}</strong><span className="soft">Not there yet. The command above fetches it.</span></span></div>;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (value.trim()) void act(() => bots.putKey(bot, of.name, value.trim()));
      }}
    >
      <Field label={`${of.title}${of.is_needed ? "" : " (if there is one)"}`} htmlFor={id} about={`${of.help} Kept in the keyring of this computer, never in a file, and not shown again.`} wrong={problem ? `${problem.message} ${problem.hint}` : null}>
        <div className={making.line}>
          <TextInput id={id} type="password" autoComplete="off" spellCheck={false} aria-describedby={`${id}-about`} placeholder={of.begin ? `${of.begin}…` : ""} value={value} onChange={(event) => { setValue(event.target.value); }} />
          <Button type="submit" disabled={value.trim() === "" || isBusy} icon={isBusy ? <Ring size={16} /> : undefined}>Keep</Button>
        </div>
      </Field>
    </form>
  );
}
