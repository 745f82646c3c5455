import type { CurvePoint, Training } from "@/api/types";
import { Facts } from "@/ui/page";
import { many, roughly, secondsLeft } from "./course";
import styles from "./training.module.css";

const word = (value: number | null | undefined): string => (value === null || value === undefined ? "–" : value.toFixed(value < 10 ? 3 : 2));

/** What it does now, in one large figure, and the few numbers beside it. */
export function NowPart({ training, points }: { training: Training; points: readonly CurvePoint[] }) {
  const { plan, latest, status, progress } = training;
  const now = points.findLast(({ loss }) => loss !== null);
  const step = Math.max(now?.step ?? 0, latest?.step ?? 0);
  const fraction = plan && plan.steps > 0 ? Math.max(progress, step / plan.steps) : progress;
  return (
    <div className={styles.now}>
      <p className={styles.large}><strong role="status">{large(training, fraction, now)}</strong><span className="soft">{small(training, step)}</span></p>
      <div className={styles.way} role="progressbar" aria-label="How far it is" aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.round(fraction * 100)} data-still={status === "processing" ? undefined : ""}>
        <span style={{ width: `${String(Math.min(1, fraction) * 100)}%` }} />
      </div>
      <Facts
        facts={[
          ["Step", plan ? `${step.toLocaleString()} of ${plan.steps.toLocaleString()}` : "–"],
          ["Loss", word(now?.loss ?? latest?.loss)],
          ["On held-out text", word(points.findLast(({ heldout_loss }) => heldout_loss !== null)?.heldout_loss ?? latest?.heldout_loss)],
          ["Tokens a second", now?.tokens_per_s ? Math.round(now.tokens_per_s).toLocaleString() : "–"],
          ["Size", plan?.parameters ? many(plan.parameters) : "–"],
        ]}
      />
      {plan && plan.words.length > 0 && <p className="soft">{plan.words.join(" ")}</p>}
    </div>
  );
}

function large(training: Training, fraction: number, now: CurvePoint | undefined): string {
  const left = secondsLeft(training, now);
  if (training.status === "processing" && training.wanted === "finish") return "Finishing";
  if (training.status === "processing" && training.wanted === "pause") return "Pausing";
  if (training.status === "processing" && fraction >= 0.999) return "Making the model";
  if (training.status === "processing" && left !== null && fraction > 0) return `${roughly(left)} left`.replace(/^a/, "A");
  if (training.status === "queued") return "Waiting";
  if (training.status === "failed") return "Broke off";
  if (training.status === "canceled") return "Canceled";
  return training.status === "paused" ? "Paused" : "Getting ready";
}

function small(training: Training, step: number): string {
  const { status, queue_position, progress_text } = training;
  if (status === "queued") return (queue_position ?? 0) > 1 ? `${String((queue_position ?? 1) - 1)} before it` : "it is next";
  if (status === "processing" || status === "starting") return progress_text;
  return step > 0 ? `at step ${step.toLocaleString()}` : "before its first step";
}
