import { useQuery } from "@tanstack/react-query";
import { ArrowRightToLine, Check, Copy, Sparkles } from "lucide-react";
import { useState } from "react";
import { RefusedError, api } from "@/api/client";
import type { Command, Job, Memorised } from "@/api/types";
import { useInFile } from "@/features/jobs/content";
import type { Live } from "@/features/jobs/job-cache";
import { doing, hasEnded, useJob } from "@/features/jobs/job-cache";
import { Button } from "@/ui/button";
import { Empty, ProblemNote } from "@/ui/empty";
import { Ring } from "@/ui/ring";
import styles from "./speech.module.css";
import { shownOf } from "./output-pane";
import { passagesOf, wholeOf } from "./speaking";

interface SpeechProps {
  model: string;
  command: Command;
  /** The jobs side by side, the chosen one among them. */
  ids: string[];
  chosen: string | null;
  job: Job | undefined;
  live: Live;
  onChoose: (id: string) => void;
  onContinue: (text: string) => void;
  onRetry: () => void;
}

/** What a model says, as it says it: one text, or several with other seeds side by side. */
export function Speech({ ids, job, live, chosen, ...rest }: SpeechProps) {
  const training = useQuery({
    queryKey: ["training", rest.model],
    queryFn: () => api.training(rest.model).catch((error: unknown) => {
      if (error instanceof RefusedError) return null; // it was not trained here, or that was forgotten
      throw error;
    }),
    staleTime: Infinity,
  });
  if (!ids.length) return <Empty icon={<Sparkles aria-hidden="true" />} title="Nothing written yet">Write a beginning, or none, and press Run.</Empty>;
  const shared = { ...rest, training: training.data?.id ?? null, isAlone: ids.length === 1 };
  return (
    <>
      <ol className={styles.samples} data-count={ids.length} aria-label="Samples">
        {ids.map((id) => (id === chosen ? <Sample key={id} {...shared} job={job} live={live} isChosen /> : <Other key={id} {...shared} id={id} />))}
      </ol>
      {training.data && <p className={styles.legend}><mark>Marked</mark> stands word for word in the text that it learnt from.</p>}
    </>
  );
}

type SampleProps = Omit<SpeechProps, "ids" | "chosen"> & { training: string | null; isAlone: boolean; isChosen?: boolean };

function Other({ id, ...rest }: Omit<SampleProps, "job" | "live"> & { id: string }) {
  const { data, live } = useJob(id);
  return <Sample {...rest} job={data} live={live} />;
}

function Sample({ command, job, live, training, isAlone, isChosen, onChoose, onContinue, onRetry }: SampleProps) {
  const [port] = command.outputs;
  const shown = job && port ? shownOf(port, job, live) : null;
  const read = useInFile(shown?.inFile, "text");
  const said = shown?.inFile ? read.data : shown?.value;
  const text = typeof said === "string" ? said : Array.isArray(said) ? said.join("") : "";
  const prompt = typeof job?.inputs["prompt"] === "string" ? job.inputs["prompt"] : "";
  const whole = wholeOf(prompt, text);
  const isDone = job !== undefined && hasEnded(job);
  const memorised = useQuery({
    queryKey: ["memorised", training, whole],
    queryFn: () => api.memorised(training ?? "", whole),
    enabled: training !== null && isDone && text !== "",
    staleTime: Infinity,
  });
  return (
    <li className={styles.sample} data-chosen={isChosen && !isAlone ? "" : undefined} aria-current={isChosen && !isAlone ? "true" : undefined} onClick={() => { if (job && !isChosen) onChoose(job.id); }}>
      <div className={styles.page} tabIndex={0} role="group" aria-label={job ? `Seed ${String(job.seed)}` : "Sample"}>
        {job?.status === "failed" && <ProblemNote message={job.error?.message ?? "The run failed."} hint={job.error?.hint} detail={job.error?.detail} actions={<Button onClick={onRetry}>Run again</Button>} />}
        {(text !== "" || prompt !== "") && job?.status !== "failed" && <Words whole={whole} prompt={prompt} found={memorised.data} isComing={!isDone && text !== ""} />}
        {!isDone && text === "" && job && <p className={styles.waiting}><Ring fraction={job.progress > 0 ? job.progress : null} size={16} /> {doing(job)}</p>}
        {job?.status === "canceled" && <p className="soft">Canceled.</p>}
        {job?.status === "succeeded" && text === "" && !read.isPending && <p className="soft">{job.logs.at(-1)?.text ?? "It wrote nothing: this is where it would end a text."}</p>}
      </div>
      {job && <Foot job={job} whole={whole} found={memorised.data} isReady={isDone && text !== ""} onContinue={onContinue} />}
    </li>
  );
}

function Words({ whole, prompt, found, isComing }: { whole: string; prompt: string; found: Memorised | undefined; isComing: boolean }) {
  return (
    <p className={styles.prose} aria-live="polite" aria-busy={isComing}>
      {passagesOf(whole, prompt, found?.spans ?? []).map((passage, index) => {
        const words = <span key={index} data-kind={passage.kind}>{passage.text}</span>;
        return passage.source === null ? words : <mark key={index} title={passage.source ? `In ${passage.source}` : undefined}>{words}</mark>;
      })}
      {isComing && <span className={styles.caret} />}
    </p>
  );
}

const COPIED_MS = 1500;

function Foot({ job, whole, found, isReady, onContinue }: { job: Job; whole: string; found: Memorised | undefined; isReady: boolean; onContinue: (text: string) => void }) {
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(whole);
    setCopied(true);
    setTimeout(() => { setCopied(false); }, COPIED_MS);
  };
  const share = found ? Math.round(found.share * 100) : 0;
  return (
    <footer className={styles.foot}>
      <span className="soft">Seed {job.seed}{found && `, ${String(share)} % word for word`}</span>
      <span className={styles.acts}>
        <Button look="quiet" icon={isCopied ? <Check /> : <Copy />} disabled={!isReady} onClick={(event) => { event.stopPropagation(); void copy(); }}>{isCopied ? "Copied" : "Copy"}</Button>
        <Button look="quiet" icon={<ArrowRightToLine />} disabled={!isReady} title="Put all of it into the prompt" onClick={(event) => { event.stopPropagation(); onContinue(whole); }}>Continue</Button>
      </span>
    </footer>
  );
}
