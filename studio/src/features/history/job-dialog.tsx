import { useQuery } from "@tanstack/react-query";
import { Download, PencilRuler, RotateCcw, ScrollText, Shuffle, Trash2, X } from "lucide-react";
import { useState } from "react";
import { useLocation } from "wouter";
import { api, problemOf } from "@/api/client";
import type { Job, Port } from "@/api/types";
import { OutputPane } from "@/features/bench/output-pane";
import { commandOf } from "@/features/jobs/shown";
import { download } from "@/features/jobs/download";
import { WORDS, hasEnded, useJob } from "@/features/jobs/job-cache";
import { RecipeDialog } from "@/features/jobs/recipe-dialog";
import { ago, duration } from "@/ui/amounts";
import { Button, IconButton } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { ProblemNote } from "@/ui/empty";
import { isFileValue } from "@/widgets/widget";
import { openOnBench, remove, runAgain, vary } from "./actions";
import styles from "./history.module.css";

/** A value in a few words, for lists of what went in. */
export function brief(value: unknown): string {
  if (isFileValue(value)) return value.name ?? "A file";
  if (typeof value === "string") return value.startsWith("data:") ? "A file" : value;
  return value === undefined ? "–" : JSON.stringify(value);
}

/** One job in full: its result, what went in, and what can be done with it. */
export function JobDialog({ id, onClose }: { id: string; onClose: () => void }) {
  const [, go] = useLocation();
  const [isRecipeOpen, setRecipeOpen] = useState(false);
  const { data: job, error, live } = useJob(id);
  const model = useQuery({ queryKey: ["model", job?.model], queryFn: () => api.model(job?.model ?? ""), enabled: job !== undefined });
  const command = commandOf(model.data?.spec?.commands ?? [], job?.command ?? null);
  return (
    <Dialog isWide isBare title={job ? job.model_title || job.model : "Job"} onClose={onClose}>
      <div className={styles.job}>
        <div className={styles.result}>
          {command && <OutputPane command={command} job={job} live={live} />}
          {job && model.isError && <ProblemNote message="Its model is not on the list any more." hint="The files can still be downloaded." />}
          {error && !job && <ProblemNote {...problemOf(error)} />}
        </div>
        <aside className={styles.side}>
          <header>
            <h2>{job ? job.model_title || job.model : "Job"}</h2>
            <IconButton label="Close" onClick={onClose}><X /></IconButton>
          </header>
          {job && (
            <>
              <p className="soft">{WORDS[job.status]}, {ago(job.created_at)}</p>
              <Facts job={job} inputs={command?.inputs ?? []} />
              {hasEnded(job) && (
                <div className={styles.acts}>
                  <Button look="main" icon={<PencilRuler />} onClick={() => { openOnBench(job, go); }}>Open on the bench</Button>
                  <Button icon={<RotateCcw />} title="The same inputs and the same seed" onClick={() => void runAgain(job, go)}>Run again</Button>
                  <Button icon={<Shuffle />} title="The same inputs and another seed" onClick={() => void vary(job, go)}>Vary</Button>
                  <Button icon={<ScrollText />} onClick={() => { setRecipeOpen(true); }}>Recipe</Button>
                  <Button icon={<Download />} disabled={!job.outputs.length} onClick={() => { download(job); }}>Download</Button>
                  <Button icon={<Trash2 />} onClick={() => { remove([job]); onClose(); }}>Delete</Button>
                </div>
              )}
            </>
          )}
        </aside>
      </div>
      {isRecipeOpen && job && <RecipeDialog job={job} onClose={() => { setRecipeOpen(false); }} />}
    </Dialog>
  );
}

function Facts({ job, inputs }: { job: Job; inputs: Port[] }) {
  const titles = new Map(inputs.map((port) => [port.name, port.title]));
  const facts: [string, string][] = [
    ...Object.entries(job.inputs).filter(([, value]) => value !== null).map(([name, value]): [string, string] => [titles.get(name) ?? name, brief(value)]),
    ["Seed", String(job.seed)],
    ...(typeof job.metrics.run_s === "number" ? [["Run", duration(job.metrics.run_s)] as [string, string]] : []),
    ["Made", new Date(job.created_at).toLocaleString()],
  ];
  return (
    <dl className={styles.facts}>
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd title={value}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
