import { Download, ScrollText, Undo2 } from "lucide-react";
import { useState } from "react";
import type { Job } from "@/api/types";
import { download } from "@/features/jobs/download";
import { RecipeDialog } from "@/features/jobs/recipe-dialog";
import { hasEnded } from "@/features/jobs/job-cache";
import { duration } from "@/ui/amounts";
import { Button } from "@/ui/button";
import styles from "./bench.module.css";

/** The honest numbers of a result, and what can be done with it. */
export function ResultBar({ job, onOpen }: { job: Job; onOpen: () => void }) {
  const [isOpen, setOpen] = useState(false);
  if (!hasEnded(job)) return null;
  const { run_s, setup_s, queue_s } = job.metrics;
  const times = [
    { name: "Run", seconds: run_s },
    { name: "Getting ready", seconds: (setup_s ?? 0) >= 0.05 ? setup_s : null },
    { name: "Waiting", seconds: (queue_s ?? 0) >= 0.05 ? queue_s : null },
  ];
  return (
    <div className={styles.resultBar}>
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
      <div className={styles.actions}>
        <Button look="quiet" icon={<Undo2 />} title="Put the inputs of this result on the bench" onClick={onOpen}>Use its inputs</Button>
        <Button look="quiet" icon={<ScrollText />} onClick={() => { setOpen(true); }}>Recipe</Button>
        <Button look="quiet" icon={<Download />} disabled={!job.outputs.length} onClick={() => { download(job); }}>Download</Button>
      </div>
      {isOpen && <RecipeDialog job={job} onClose={() => { setOpen(false); }} />}
    </div>
  );
}
