import type { DeploymentStatus } from "@/api/types";
import { duration } from "@/ui/amounts";
import { ProblemNote } from "@/ui/empty";
import { StateWord as Dotted } from "@/ui/page";
import { Ring } from "@/ui/ring";
import styles from "./hosting.module.css";

const WORDS: Record<DeploymentStatus["state"], string> = {
  inactive: "Switched off",
  asleep: "Asleep",
  waking: "Waking",
  awake: "Awake",
  failed: "Could not wake",
};

const TONES = { inactive: "still", asleep: "still", waking: "busy", awake: "good", failed: "bad" } as const;

/** How a deployment stands, in a word with a dot. */
export function StateWord({ state }: { state: DeploymentStatus["state"] }) {
  return <Dotted tone={TONES[state]}>{WORDS[state]}</Dotted>;
}

const STAGES = { environment: "Environment", weights: "Weights", setup: "Start" };

/** What happens while it wakes, and why it could not. */
export function Waking({ status }: { status: DeploymentStatus }) {
  if (status.problem) return <ProblemNote message={status.problem.message} hint={status.problem.hint} detail={status.problem.detail} />;
  if (status.state !== "waking") return null;
  const left = status.estimate_s;
  return (
    <div className={styles.waking} role="status">
      <ol className={styles.stages}>
        {status.stages.map((stage) => (
          <li key={stage.stage} data-status={stage.status.replace(" ", "-")}>
            {stage.status === "under way" && <Ring size={16} />}
            <span>{STAGES[stage.stage]}</span>
            <span className="soft">{stage.text || (stage.usual_s !== null && stage.status === "waiting" ? `usually ${duration(stage.usual_s)}` : "")}</span>
          </li>
        ))}
      </ol>
      {left !== null && left > 0.5 && <p className="soft">About {duration(left)} left, as the last time.</p>}
    </div>
  );
}
