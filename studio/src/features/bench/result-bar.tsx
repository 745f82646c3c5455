import { Columns2, Download, ScrollText, Send, Shuffle, Undo2 } from "lucide-react";
import { useState } from "react";
import { useLocation } from "wouter";
import type { Command, Job } from "@/api/types";
import { CompareDialog } from "@/features/jobs/compare";
import { download } from "@/features/jobs/download";
import { useMade } from "@/features/jobs/filmstrip";
import { RecipeDialog } from "@/features/jobs/recipe-dialog";
import { hasEnded } from "@/features/jobs/job-cache";
import { duration } from "@/ui/amounts";
import { Button } from "@/ui/button";
import { vary } from "./actions";
import styles from "./bench.module.css";
import type { Bench } from "./bench-store";
import { replace } from "./bench-store";
import { SendOn } from "./send-on";
import { isMadeOf, isSetUpAs, ofJob } from "./values";

function Times({ job }: { job: Job }) {
  const { run_s, setup_s, queue_s } = job.metrics;
  const times = [
    { name: "Run", seconds: run_s },
    { name: "Getting ready", seconds: (setup_s ?? 0) >= 0.05 ? setup_s : null },
    { name: "Waiting", seconds: (queue_s ?? 0) >= 0.05 ? queue_s : null },
  ];
  return (
    <dl>
      {times.map(({ name, seconds }) => typeof seconds === "number" && (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{duration(seconds)}</dd>
        </div>
      ))}
      <div>
        <dt>Seed</dt>
        <dd>{job.seed}</dd>
      </div>
    </dl>
  );
}

/** Whether the bench holds other inputs than those that a result was made of. */
function isElsewhere(job: Job, bench: Bench, command: Command): boolean {
  return !isSetUpAs(job, bench.options) || !isMadeOf(job, command.inputs, bench.values);
}

/** The honest numbers of a result, and what can be done with it. */
export function ResultBar({ job, bench, command }: { job: Job; bench: Bench; command: Command }) {
  const [, go] = useLocation();
  const [panel, setPanel] = useState<"recipe" | "send" | null>(null);
  const [other, setOther] = useState<Job | null>(null);
  const others = useMade(job.model).filter((one) => one.status === "succeeded" && one.id !== job.id);
  if (!hasEnded(job)) return null;
  const close = () => { setPanel(null); };
  const isDone = job.outputs.length > 0;
  return (
    <div className={styles.resultBar}>
      <Times job={job} />
      <div className={styles.actions}>
        {isElsewhere(job, bench, command) && (
          <Button look="quiet" icon={<Undo2 />} title="Put the inputs of this result on the bench" onClick={() => { replace(job.model, { values: ofJob(command.inputs, job), options: { ...job.options }, seed: String(job.seed) }); }}>Use its inputs</Button>
        )}
        <Button look="quiet" icon={<Shuffle />} title="The same inputs and another seed" onClick={() => void vary(job, go)}>Vary</Button>
        {isDone && others.length > 0 && <Button look="quiet" icon={<Columns2 />} onClick={() => { setOther(others.find(({ id }) => id < job.id) ?? others[0] ?? null); }}>Compare</Button>}
        {isDone && <Button look="quiet" icon={<Send />} title="Give it to another model" onClick={() => { setPanel("send"); }}>Send on</Button>}
        <Button look="quiet" icon={<ScrollText />} onClick={() => { setPanel("recipe"); }}>Recipe</Button>
        {isDone && <Button look="quiet" icon={<Download />} onClick={() => { download(job); }}>Download</Button>}
      </div>
      {panel === "recipe" && <RecipeDialog job={job} onClose={close} />}
      {panel === "send" && <SendOn job={job} onClose={close} />}
      {other && <CompareDialog one={job} other={other} onOther={setOther} onClose={() => { setOther(null); }} />}
    </div>
  );
}
