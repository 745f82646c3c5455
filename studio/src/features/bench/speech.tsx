import { useQuery } from "@tanstack/react-query";
import { ArrowRightToLine, Check, Copy, Sparkles } from "lucide-react";
import { useState } from "react";
import { RefusedError, api } from "@/api/client";
import type { Command, Job } from "@/api/types";
import { useInFile } from "@/features/jobs/content";
import type { Live } from "@/features/jobs/job-cache";
import { doing, hasEnded, useJob } from "@/features/jobs/job-cache";
import { Button, IconButton } from "@/ui/button";
import { Empty, ProblemNote } from "@/ui/empty";
import { Ring } from "@/ui/ring";
import styles from "./speech.module.css";
import { shownOf } from "./output-pane";
import type { Passage } from "./speaking";
import { passagesOf, sharedPart, wholeOf } from "./speaking";

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
  const passages = passagesOf(whole, prompt, memorised.data?.spans ?? []);
  return (
    <li className={styles.sample} data-chosen={isChosen && !isAlone ? "" : undefined} aria-current={isChosen && !isAlone ? "true" : undefined} onClick={() => { if (job && !isChosen) onChoose(job.id); }}>
      <div className={styles.page} tabIndex={0} role="group" aria-label={job ? `Seed ${String(job.seed)}` : "Sample"}>
        {job?.status === "failed" && <ProblemNote message={job.error?.message ?? "The run failed."} hint={job.error?.hint} detail={job.error?.detail} actions={<Button onClick={onRetry}>Run again</Button>} />}
        {(text !== "" || prompt !== "") && job?.status !== "failed" && <Words passages={passages} isComing={!isDone && text !== ""} />}
        {!isDone && text === "" && job && <p className={styles.waiting}><Ring fraction={job.progress > 0 ? job.progress : null} size={16} /> {doing(job)}</p>}
        {job?.status === "canceled" && <p className="soft">Canceled.</p>}
        {job?.status === "succeeded" && text === "" && !read.isPending && <p className="soft">{job.logs.at(-1)?.text ?? "It wrote nothing: this is where it would end a text."}</p>}
      </div>
      {job && <Foot job={job} whole={whole} share={memorised.data ? sharedPart(passages) : null} isReady={isDone && text !== ""} isAlone={isAlone} onContinue={onContinue} />}
    </li>
  );
}

function Words({ passages, isComing }: { passages: Passage[]; isComing: boolean }) {
  return (
    <p className={styles.prose} aria-live="polite" aria-busy={isComing}>
      {passages.map(({ text, kind, source }, index) => (source === null ? <span key={index} data-kind={kind}>{text}</span> : <mark key={index} title={source ? `In ${source}` : undefined}>{text}</mark>))}
      {isComing && <span className={styles.caret} />}
    </p>
  );
}

const COPIED_MS = 1500;

interface FootProps {
  job: Job;
  whole: string;
  share: number | null;
  isReady: boolean;
  isAlone: boolean;
  onContinue: (text: string) => void;
}

function Foot({ job, whole, share, isReady, isAlone, onContinue }: FootProps) {
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(whole);
    setCopied(true);
    setTimeout(() => { setCopied(false); }, COPIED_MS);
  };
  const acts = [
    { words: isCopied ? "Copied" : "Copy", icon: isCopied ? <Check /> : <Copy />, title: "Copy all of it", act: () => void copy() },
    { words: "Continue", icon: <ArrowRightToLine />, title: "Put all of it into the prompt", act: () => { onContinue(whole); } },
  ];
  return (
    <footer className={styles.foot} onClick={(event) => { event.stopPropagation(); }}>
      <span className="soft">Seed {job.seed}{share !== null && `, ${String(Math.round(share * 100))} % word for word`}</span>
      <span className={styles.acts}>
        {acts.map(({ words, icon, title, act }) => (isAlone ? <Button key={title} look="quiet" icon={icon} disabled={!isReady} title={title} onClick={act}>{words}</Button> : <IconButton key={title} label={words} disabled={!isReady} onClick={act}>{icon}</IconButton>))}
      </span>
    </footer>
  );
}
