import { useEffect, useRef, useState } from "react";
import type { SampleText } from "@/api/types";
import { Segments, Slider } from "@/ui/controls";
import { Part } from "@/ui/page";
import { seedsOf, stepsOf } from "./course";
import styles from "./training.module.css";

/** What it said at each step with the same beginning and the same seed: the newest first, side by side. */
export function SamplesPart({ samples, isOver }: { samples: readonly SampleText[]; isOver: boolean }) {
  const strip = useRef<HTMLOListElement>(null);
  const [chosenSeed, setSeed] = useState<number | null>(null);
  const [at, setAt] = useState<number | null>(null); // a step; null: always the newest
  const steps = stepsOf(samples);
  const seeds = seedsOf(samples);
  const seed = chosenSeed !== null && seeds.includes(chosenSeed) ? chosenSeed : seeds[0];
  const newest = steps.at(-1);
  const step = at ?? newest;
  useEffect(() => {
    const row = strip.current;
    const card = row?.querySelector<HTMLElement>("[aria-current]");
    if (row && card) row.scrollTo({ left: card.offsetLeft - row.offsetLeft });
  }, [step, seed]);
  if (step === undefined) {
    return <Part title="What it says"><p className="soft">{isOver ? "It has said nothing." : "After some steps it says something for the first time: letters at first, then words, then a voice."}</p></Part>;
  }
  const own = samples.filter((one) => one.seed === seed).sort((one, other) => other.step - one.step);
  const index = steps.indexOf(step);
  return (
    <Part title="What it says" aside={seeds.length > 1 && <Segments isFit label="Seed" choices={seeds.map((one) => ({ value: one, label: `Seed ${String(one)}` }))} value={seed ?? 0} onChange={setSeed} />}>
      <div className={styles.steps}>
        <span id="sample-step">Step {step.toLocaleString()}</span>
        <Slider aria-labelledby="sample-step" aria-valuetext={`Step ${String(step)}`} min={0} max={Math.max(1, steps.length - 1)} step={1} disabled={steps.length < 2} value={index} onChange={(to) => { setAt(to === steps.length - 1 ? null : steps[to] ?? null); }} />
      </div>
      <ol ref={strip} className={styles.strip} tabIndex={0} aria-label="Samples, the newest first">
        {own.map((one) => (
          <li key={one.step} aria-current={one.step === step ? "step" : undefined}>
            <button type="button" onClick={() => { setAt(one.step === newest ? null : one.step); }}>Step {one.step.toLocaleString()}</button>
            <p>{one.prompt && one.text.startsWith(one.prompt) ? <><span className="soft">{one.prompt}</span>{one.text.slice(one.prompt.length)}</> : <>{one.prompt && <span className="soft">{one.prompt}</span>}{one.text}</>}</p>
          </li>
        ))}
      </ol>
    </Part>
  );
}
