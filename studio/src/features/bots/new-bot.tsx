import { ArrowLeft, ArrowRight, Check } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { Link, useLocation } from "wouter";
import { bots } from "@/api/bots";
import { problemOf } from "@/api/client";
import type { Problem } from "@/api/types";
import { queries } from "@/features/connection/queries";
import { sayProblem } from "@/features/jobs/say-problem";
import { Button } from "@/ui/button";
import { ProblemNote } from "@/ui/empty";
import { Ring } from "@/ui/ring";
import styles from "./making.module.css";
import { STEPS, isAddress, keptName, missing, useDraft } from "./draft";
import type { Step } from "./draft";
import { MannersStep } from "./manners-step";
import { ModelStep } from "./model-step";
import { NetworkStep } from "./network-step";
import { PersonaStep } from "./persona-step";

const ASKED: Record<Step, string> = {
  Model: "Who writes?",
  Persona: "Who is it?",
  Manners: "When does it speak?",
  Network: "Where does it speak?",
};

/** Make a bot, in four steps. What was said stays while one looks elsewhere. */
export function NewBot({ taken }: { taken: readonly string[] }) {
  const draft = useDraft();
  const [, go] = useLocation();
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isMaking, setMaking] = useState(false);
  const heading = useRef<HTMLHeadingElement>(null);
  const { step, reached, persona, network, isEvents, token, set, goTo } = draft;
  const kept = keptName(persona.name, taken);
  const at = STEPS.indexOf(step);
  const next = STEPS[at + 1];
  const before = STEPS[at - 1];
  const wrong = missing(step, persona);
  const first = STEPS.findIndex((each) => missing(each, persona) !== null);
  const open = first < 0 ? reached : Math.min(first, reached);
  const isDone = (index: number) => index <= reached && index !== at && missing(STEPS[index] ?? step, persona) === null;
  const isShown = useRef(false);
  useEffect(() => {
    if (isShown.current) heading.current?.focus();
    isShown.current = true;
  }, [step]);
  const make = async () => {
    setMaking(true);
    setProblem(null);
    try {
      const made = await bots.create({ name: kept, network, persona: { ...persona, name: persona.name.trim(), model: persona.model.trim() }, connection: { api_url: "", gateway_url: "", is_events: isEvents, poll_s: 90 } });
      if (token.trim() && isAddress(persona.model)) await bots.putKey(made.name, "model_token", token).catch(sayProblem);
      await queries.invalidateQueries({ queryKey: ["bots"] });
      draft.clear();
      go(`/bots/${made.name}`);
    } catch (error) {
      setProblem(problemOf(error));
      setMaking(false);
    }
  };
  return (
    <section className={styles.walk} aria-label="A new bot">
      <header className={styles.walkHead}>
        <Link href="/bots" className={styles.back}><ArrowLeft aria-hidden="true" />Bots</Link>
        <ol className={styles.steps}>
          {STEPS.map((each, index) => (
            <li key={each}>
              <button type="button" aria-current={each === step ? "step" : undefined} data-done={isDone(index) ? "" : undefined} disabled={index > open} onClick={() => { goTo(each); }}>
                <span className={styles.dot} aria-hidden="true">{isDone(index) ? <Check /> : index + 1}</span>
                {each}
              </button>
            </li>
          ))}
        </ol>
      </header>
      <form
        className={styles.walkBody}
        onSubmit={(event) => {
          event.preventDefault();
          if (wrong !== null || isMaking) return;
          if (next) goTo(next);
          else void make();
        }}
      >
        <h1 ref={heading} tabIndex={-1}>{ASKED[step]}</h1>
        {step === "Model" && <ModelStep persona={persona} onChange={(changed) => { set({ persona: changed }); }} token={token} onToken={(given) => { set({ token: given }); }} />}
        {step === "Persona" && <PersonaStep persona={persona} kept={kept} onChange={(changed) => { set({ persona: changed }); }} />}
        {step === "Manners" && <MannersStep persona={persona} onChange={(changed) => { set({ persona: changed }); }} />}
        {step === "Network" && <NetworkStep network={network} isEvents={isEvents} called={persona.name} bot={kept} onChange={(chosen, is) => { set({ network: chosen, isEvents: is }); }} />}
        {problem && <ProblemNote message={problem.message} hint={problem.hint} detail={problem.detail} />}
        <footer className={styles.walkEnd}>
          {before && <Button icon={<ArrowLeft />} onClick={() => { goTo(before); }}>Back</Button>}
          <span className="soft" role="status">{wrong}</span>
          <Button type="submit" look="main" disabled={wrong !== null || isMaking} icon={isMaking ? <Ring size={16} /> : undefined}>
            {next ? <>Next<ArrowRight aria-hidden="true" /></> : "Make the bot"}
          </Button>
        </footer>
      </form>
    </section>
  );
}
