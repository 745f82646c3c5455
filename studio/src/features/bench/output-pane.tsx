import { Sparkles } from "lucide-react";
import { useState } from "react";
import type { Command, Job, Port } from "@/api/types";
import { useInFile } from "@/features/jobs/content";
import { ENDS, doing } from "@/features/jobs/job-cache";
import type { Live } from "@/features/jobs/job-cache";
import { Segments } from "@/ui/controls";
import { Empty, ProblemNote } from "@/ui/empty";
import { Ring } from "@/ui/ring";
import { widgetOf } from "@/widgets/catalogue";
import type { FileValue, Scene } from "@/widgets/widget";
import { titleOf } from "@/widgets/widget";
import styles from "./bench.module.css";
import { isLarge } from "./input-pane";
import { sceneOf, valueOf } from "@/features/jobs/shown";

interface OutputPaneProps {
  command: Command;
  job: Job | undefined;
  live: Live;
  onRetry?: (() => void) | undefined;
}

export interface Shown {
  value: unknown;
  inFile?: FileValue;
  isPreview: boolean;
}

/** What there is of an output so far. */
export function shownOf(port: Port, job: Job, live: Live): Shown | null {
  const output = job.outputs.find((one) => one.name === port.name);
  if (output) return { ...valueOf(output), isPreview: false };
  const preview = live.previews[port.name] ?? job.previews.find((one) => one.output === port.name)?.value;
  const parts = live.parts[port.name];
  if (parts) return { value: port.type === "text" ? parts.join("") : parts, isPreview: true };
  return preview === undefined ? null : { value: preview, isPreview: true };
}

/** What came out: one output at a time where they need room, the small ones below. */
export function OutputPane({ command, job, live, onRetry }: OutputPaneProps) {
  const [chosen, setChosen] = useState<string | null>(null);
  if (!job) {
    return (
      <div className={styles.output}>
      <h2 className={styles.caption}>Output</h2>
      <Empty icon={<Sparkles aria-hidden="true" />} title="Nothing made yet">
        The result appears here.
      </Empty>
      </div>
    );
  }
  const scene = sceneOf(command.inputs, job.inputs);
  const found = command.outputs.map((port) => ({ port, shown: shownOf(port, job, live) })).filter((one): one is { port: Port; shown: Shown } => one.shown !== null);
  const large = found.filter(({ port }) => isLarge(port) || port.type === "text");
  const small = found.filter(({ port }) => !large.some((one) => one.port === port));
  const current = large.find(({ port }) => port.name === chosen) ?? large.find(({ port }) => port.type === "image") ?? large[0];
  return (
    <div className={styles.output}>
      {large.length > 1 && current ? (
        <div className={styles.tabs}>
          <Segments isFit label="Outputs" choices={large.map(({ port }) => ({ value: port.name, label: titleOf(port) }))} value={current.port.name} onChange={setChosen} />
        </div>
      ) : (
        <h2 className={styles.caption}>{current ? titleOf(current.port) : "Output"}</h2>
      )}
      <div className={styles.room}>
        {job.status === "failed" && (
          <div className={styles.failure}>
            <ProblemNote message={job.error?.message ?? "The run failed."} hint={job.error?.hint} detail={job.error?.detail} actions={onRetry && <button type="button" className={styles.retry} onClick={onRetry}>Run again</button>} />
          </div>
        )}
        {job.status === "canceled" && !found.length && <Empty title="Canceled">Nothing was made.</Empty>}
        {!ENDS.has(job.status) && !current && (
          <div className={styles.waiting}>
            <Ring fraction={job.progress > 0 ? job.progress : null} size={40} />
            <span>{doing(job)}</span>
          </div>
        )}
        {current && <OneOutput key={`${job.id} ${current.port.name}`} {...current} scene={scene} />}
      </div>
      {small.length > 0 && (
        <div className={styles.facts}>
          {small.map(({ port, shown }) => <OneOutput key={port.name} port={port} shown={shown} scene={scene} />)}
        </div>
      )}
    </div>
  );
}

function OneOutput({ port, shown, scene }: { port: Port; shown: Shown; scene: Scene }) {
  const { Output } = widgetOf(port.type);
  const file = shown.inFile;
  const read = useInFile(file, port.type); // when it is looked at
  if (file && !read.isSuccess) return read.isError ? <ProblemNote message="The result cannot be read." hint="Download it instead." /> : <div className={styles.waiting}><Ring size={40} /></div>;
  return <Output port={port} value={file ? read.data : shown.value} scene={scene} isPreview={shown.isPreview} />;
}
