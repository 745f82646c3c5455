import { useState } from "react";
import { bots } from "@/api/bots";
import { problemOf } from "@/api/client";
import type { Bot, BotChange, Problem } from "@/api/types";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { ProblemNote } from "@/ui/empty";
import { Ring } from "@/ui/ring";
import styles from "./making.module.css";
import { missing } from "./draft";
import type { Step } from "./draft";
import { MannersStep } from "./manners-step";
import { ModelStep } from "./model-step";
import { NetworkStep } from "./network-step";
import { PersonaStep } from "./persona-step";
import { clear } from "./rehearsals";

interface ChangeProps {
  bot: Bot;
  step: Step;
  onClose: () => void;
  onChanged: (bot: Bot) => void;
}

const TITLES: Record<Step, string> = { Model: "Who writes", Persona: "Who it is", Manners: "When it speaks", Network: "Where it speaks" };

/** Change a part of a bot. One that is on leaves its network, and comes back changed. */
export function Change({ bot, step, onClose, onChanged }: ChangeProps) {
  const [persona, setPersona] = useState(bot.persona);
  const [network, setNetwork] = useState(bot.network);
  const [isEvents, setEvents] = useState(bot.connection.is_events);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isSaving, setSaving] = useState(false);
  const wrong = missing(step, persona);
  const save = async () => {
    setSaving(true);
    setProblem(null);
    const change: BotChange = step === "Network" ? { network, connection: { ...bot.connection, is_events: isEvents } } : { persona };
    try {
      const changed = await bots.change(bot.name, change);
      clear(bot.name); // the server begins its rehearsal anew
      onChanged(changed);
      onClose();
    } catch (error) {
      setProblem(problemOf(error));
      setSaving(false);
    }
  };
  return (
    <Dialog title={TITLES[step]} isWide={step === "Persona"} onClose={onClose}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (wrong === null && !isSaving) void save();
        }}
      >
        {step === "Model" && <ModelStep persona={persona} onChange={setPersona} />}
        {step === "Persona" && <PersonaStep persona={persona} onChange={setPersona} />}
        {step === "Manners" && <MannersStep persona={persona} onChange={setPersona} />}
        {step === "Network" && (
          <NetworkStep
            network={network}
            isEvents={isEvents}
            called={persona.name}
            bot={bot.name}
            onChange={(chosen, is) => {
              setNetwork(chosen);
              setEvents(is);
            }}
          />
        )}
        {problem && <ProblemNote message={problem.message} hint={problem.hint} detail={problem.detail} />}
        <div className={styles.formEnd}>
          <span className="soft" role="status">{wrong ?? (bot.is_on ? "It leaves its network, and comes back changed." : "")}</span>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="main" disabled={wrong !== null || isSaving} icon={isSaving ? <Ring size={16} /> : undefined}>Save</Button>
        </div>
      </form>
    </Dialog>
  );
}
