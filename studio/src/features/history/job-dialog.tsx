import { useQuery } from "@tanstack/react-query";
import { Download, PencilRuler, RotateCcw, ScrollText, Send, Shuffle, Trash2, X } from "lucide-react";
import { useState } from "react";
import { useLocation } from "wouter";
import { api, problemOf } from "@/api/client";
import type { Job, Port } from "@/api/types";
import { openOnBench, runAgain, vary } from "@/features/bench/actions";
import { OutputPane } from "@/features/bench/output-pane";
import { SendOn } from "@/features/bench/send-on";
import { brief, commandOf } from "@/features/jobs/shown";
import { download } from "@/features/jobs/download";
import { WORDS, hasEnded, useJob } from "@/features/jobs/job-cache";
import { remove } from "@/features/jobs/remove";
import { RecipeDialog } from "@/features/jobs/recipe-dialog";
import { ago, duration } from "@/ui/amounts";
import { Button, IconButton } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { ProblemNote } from "@/ui/empty";
import styles from "./history.module.css";

/** One job in full: its result, what went in, and what can be done with it. */
export function JobDialog({ id, onClose }: { id: string; onClose: () => void }) {
  const [, go] = useLocation();
  const [panel, setPanel] = useState<"recipe" | "send" | null>(null);
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
              <Facts job={job} ports={[...(command?.inputs ?? []), ...(model.data?.spec?.options ?? [])]} />
              {hasEnded(job) && (
                <div className={styles.acts}>
                  <Button look="main" icon={<PencilRuler />} onClick={() => { openOnBench(job, go); }}>Open on the bench</Button>
                  <Button icon={<RotateCcw />} title="The same inputs and the same seed" onClick={() => void runAgain(job, go)}>Run again</Button>
                  <Button icon={<Shuffle />} title="The same inputs and another seed" onClick={() => void vary(job, go)}>Vary</Button>
                  <Button icon={<ScrollText />} onClick={() => { setPanel("recipe"); }}>Recipe</Button>
                  <Button icon={<Send />} disabled={!job.outputs.length} title="Give it to another model" onClick={() => { setPanel("send"); }}>Send on</Button>
                  <Button icon={<Download />} disabled={!job.outputs.length} onClick={() => { download(job); }}>Download</Button>
                  <Button icon={<Trash2 />} onClick={() => { remove([job]); onClose(); }}>Delete</Button>
                </div>
              )}
            </>
          )}
        </aside>
      </div>
      {panel === "recipe" && job && <RecipeDialog job={job} onClose={() => { setPanel(null); }} />}
      {panel === "send" && job && <SendOn job={job} onClose={() => { setPanel(null); }} />}
    </Dialog>
  );
}

function Facts({ job, ports }: { job: Job; ports: Port[] }) {
  const titles = new Map(ports.map((port) => [port.name, port.title]));
  const facts: [string, string][] = [
    ...Object.entries({ ...job.inputs, ...job.options }).filter(([, value]) => value !== null).map(([name, value]): [string, string] => [titles.get(name) ?? name, brief(value)]),
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
