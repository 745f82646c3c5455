import { Play } from "lucide-react";
import type { Job } from "@/api/types";
import type { Upload } from "@/features/uploads/uploads";
import { useConnection } from "@/features/connection/connection";
import { doing } from "@/features/jobs/job-cache";
import { Button } from "@/ui/button";
import { Ring } from "@/ui/ring";
import styles from "./bench.module.css";

interface RunButtonProps {
  isRunning: boolean;
  job: Job | undefined;
  /** Why it cannot run now. */
  missing: string | null;
  /** Files without which it does not run yet. */
  awaited: Upload[] | null;
  onRun: () => void;
  onCancel: () => void;
}

const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent);
export const RUN_KEYS = isMac ? "⌘ ↩" : "Ctrl ↩";

/** The one large button: runs, and while it runs, cancels, with a ring of progress. */
export function RunButton({ isRunning, job, missing, awaited, onRun, onCancel }: RunButtonProps) {
  const isAway = useConnection((connection) => connection.state === "away");
  if (isRunning) {
    const [file] = awaited ?? [];
    const fraction = file ? file.fraction : job && job.progress > 0 ? job.progress : null;
    return (
      <div className={styles.run}>
        <Button size="large" icon={<span className={styles.ring}><Ring fraction={fraction} /></span>} onClick={onCancel}>
          Cancel
        </Button>
        <p className={styles.doing} aria-live="polite">
          <span>{file ? `Runs when ${file.name} is there` : isAway ? "Waiting for the server" : job ? doing(job) : "Sending"}</span>
          {fraction !== null && <span>{Math.round(fraction * 100)} %</span>}
        </p>
      </div>
    );
  }
  return (
    <div className={styles.run}>
      <Button look="main" size="large" icon={<Play />} aria-keyshortcuts="Control+Enter Meta+Enter" onClick={onRun} disabled={missing !== null}>
        Run <kbd className={styles.keys} aria-hidden="true">{RUN_KEYS}</kbd>
      </Button>
      {missing && <p className={styles.doing}><span>{missing}</span></p>}
    </div>
  );
}
