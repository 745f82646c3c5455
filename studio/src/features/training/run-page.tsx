import { ArrowLeft, Flag, Pause, Play, Trash2, X } from "lucide-react";
import { useEffect, useState } from "react";
import { Link, useLocation } from "wouter";
import { api, problemOf } from "@/api/client";
import type { Problem, Training } from "@/api/types";
import { queries } from "@/features/connection/queries";
import { RoomProblem } from "@/features/connection/room-problem";
import { RefusedError } from "@/api/client";
import { ago, size } from "@/ui/amounts";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Empty, ProblemNote } from "@/ui/empty";
import { LogLines, Part } from "@/ui/page";
import { Ring } from "@/ui/ring";
import room from "@/ui/room.module.css";
import { begunWith } from "./bases";
import { CheckpointsPart } from "./checkpoints";
import { isOver } from "./course";
import { CurvePart } from "./curve";
import { FinishedPart } from "./finished";
import { Standing, textPath } from "./lists";
import { NowPart } from "./now";
import { SamplesPart } from "./samples";
import styles from "./training.module.css";
import { take, useCourse, useTraining } from "./use-course";

/** One training: what it does now, how it learns, what it says, and what has come of it. */
export function RunPage({ id }: { id: string }) {
  const found = useTraining(id);
  useEffect(() => {
    document.title = `${found.data?.name ?? "Training"} · Gesso`;
  }, [found.data?.name]);
  if (found.data) return <Run training={found.data} />;
  if (found.isPending) return <Empty icon={<Ring size={32} />} title="Loading the training" />;
  if (found.error instanceof RefusedError && found.error.status === 404) {
    return <Empty title="There is no such training" actions={<Link href="/training"><Button>All trainings</Button></Link>}>Perhaps it was deleted.</Empty>;
  }
  return <RoomProblem error={found.error} />;
}

type Way = "pause" | "resume" | "finish" | "cancel";

function Run({ training }: { training: Training }) {
  const [, go] = useLocation();
  const [busy, setBusy] = useState<Way | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isDeleting, setDeleting] = useState(false);
  const course = useCourse(training);
  const { id, status, wanted } = training;
  const steer = async (way: Way) => {
    setBusy(way);
    setProblem(null);
    try {
      const changed = await api.steer(id, way);
      take(changed);
      if (changed.id !== id) go(`/training/${changed.id}`);
    } catch (error) {
      setProblem(problemOf(error));
    }
    setBusy(null);
  };
  const act = (way: Way, words: string, icon: React.ReactNode) => (
    <Button icon={busy === way ? <Ring size={16} /> : icon} disabled={busy !== null && way !== "cancel"} onClick={() => void steer(way)}>{words}</Button>
  );
  const isRunning = status === "processing" || status === "starting";
  const hasKept = course.checkpoints.length > 0;
  return (
    <section className={room.detail} aria-label={training.name}>
      <header className={room.detailHead}>
        <Link href="/training" className={room.back}><ArrowLeft aria-hidden="true" />Training</Link>
        <h2>{training.name}</h2>
        <Standing training={training} />
        <div className={room.actions}>
          {(isRunning || status === "queued") && act("pause", wanted === "pause" || busy === "pause" ? "Pausing" : "Pause", <Pause />)}
          {status === "paused" && act("resume", "Go on", <Play />)}
          {(status === "failed" || status === "canceled") && act("resume", hasKept ? "Go on" : "Try again", <Play />)}
          {(isRunning || (status === "paused" && hasKept)) && act("finish", wanted === "finish" ? "Finishing" : "Finish now", <Flag />)}
          {!isOver(training) && act("cancel", "Cancel", <X />)}
          {isOver(training) && <Button look="quiet" icon={<Trash2 />} onClick={() => { setDeleting(true); }}>Delete</Button>}
        </div>
      </header>
      <p className={`soft ${styles.of ?? ""}`}>
        Learns from <Link href={textPath(training.dataset_name)} className={styles.link}>{training.dataset_name}</Link>
        {begunWith(training.base)}
        {training.from_training && <>, from <Link href={`/training/${training.from_training}`} className={styles.link}>another training</Link>{training.from_step !== null && ` at step ${training.from_step.toLocaleString()}`}</>}
        , begun {ago(training.created_at)}
      </p>
      {problem && <ProblemNote message={problem.message} hint={problem.hint} detail={problem.detail} />}
      {status === "failed" && <Broken training={training} hasKept={hasKept} />}
      {status === "succeeded" ? <FinishedPart training={training} /> : <NowPart training={training} points={course.points} />}
      <CurvePart training={training} points={course.points} />
      <SamplesPart samples={course.samples} isOver={isOver(training)} />
      <CheckpointsPart training={training} checkpoints={course.checkpoints} />
      <Part title="Log">
        {training.logs.length === 0 ? <p className="soft">Nothing yet.</p> : <LogLines lines={[...training.logs].reverse().map((line, index) => ({ key: training.logs.length - index, ...line }))} />}
      </Part>
      {isDeleting && <Deleting training={training} onClose={() => { setDeleting(false); }} />}
    </section>
  );
}

const FULL = /no space left|disk( is)? full|ENOSPC|errno 28/i;

/** Why it broke off, and that little is lost. */
function Broken({ training, hasKept }: { training: Training; hasKept: boolean }) {
  const { error, kept_bytes } = training;
  const isFull = FULL.test(`${error?.message ?? ""} ${error?.detail ?? ""}`);
  const kept = hasKept ? "Its last checkpoint is kept: it goes on from there." : "It had kept no checkpoint yet, and begins anew.";
  if (isFull) return <ProblemNote message="The disk is full." hint={`Make room, then go on. ${kept}${kept_bytes > 0 ? ` This training itself takes ${size(kept_bytes)}.` : ""}`} detail={error?.detail} />;
  return <ProblemNote message={error?.message ?? "The training broke off."} hint={`${error?.hint ?? ""} ${kept}`.trim()} detail={error?.detail} />;
}

function Deleting({ training, onClose }: { training: Training; onClose: () => void }) {
  const [, go] = useLocation();
  const [problem, setProblem] = useState<Problem | null>(null);
  const remove = async () => {
    try {
      await api.deleteTraining(training.id);
      await queries.invalidateQueries({ queryKey: ["trainings"] });
      go("/training");
    } catch (error) {
      setProblem(problemOf(error));
    }
  };
  return (
    <Dialog title={`Delete the training of ${training.name}?`} onClose={onClose}>
      <div className={styles.form}>
        <p>{training.model ? "The model stays. " : ""}Its curve, samples and checkpoints go{training.kept_bytes > 0 ? `, ${size(training.kept_bytes)}` : ""}. This cannot be taken back.</p>
        {problem && <ProblemNote message={problem.message} hint={problem.hint} />}
        <div className={styles.formEnd}>
          <Button data-first onClick={onClose}>Keep it</Button>
          <Button look="main" onClick={() => void remove()}>Delete</Button>
        </div>
      </div>
    </Dialog>
  );
}
