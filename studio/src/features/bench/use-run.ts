import { useEffect, useRef, useState } from "react";
import { api, problemOf } from "@/api/client";
import type { Command, Job, Problem } from "@/api/types";
import { queries } from "@/features/connection/queries";
import { hasEnded } from "@/features/jobs/job-cache";
import { usePreferences } from "@/features/settings/preferences";
import { settled } from "@/widgets/pending";
import type { Bench } from "./bench-store";
import { useBenches } from "./bench-store";
import { toSend, wrongs } from "./values";

const QUICK_S = 0.3;
const LONGEST_SETUP_S = 60; // a worker that was just made ready stays so
const SETTLE_MS = 120;

interface Run {
  run: () => void;
  cancel: () => void;
  isRunning: boolean;
  /** What the server refused, or that it is away. */
  problem: Problem | null;
  /** Whether the model answers so fast that it can run as one changes things. */
  isQuick: boolean;
}

/** Run the model of a bench with what lies on it. */
export function useRun(model: string, command: Command, { bench, job }: { bench: Bench; job: Job | undefined }): Run {
  const change = useBenches((benches) => benches.change);
  const isLive = usePreferences((preferences) => preferences.isLive);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isSending, setSending] = useState(false);
  const [measured, setMeasured] = useState<Job | null>(null); // the last that was done
  const draft = useRef<string | null>(null); // the last job that ran by itself; the next one takes its place
  const ran = useRef<Record<string, unknown> | null>(null); // the values of the last run

  const isRunning = isSending || (job !== undefined && !hasEnded(job));
  if (job?.status === "succeeded" && job.model === model && measured !== job) setMeasured(job);
  const { run_s, setup_s } = measured?.metrics ?? {};
  const isQuick = typeof run_s === "number" && run_s < QUICK_S && (setup_s ?? 0) < LONGEST_SETUP_S;

  const start = async (isDraft: boolean) => {
    setProblem(null);
    setSending(true);
    await settled(); // what was painted a moment ago may still be on its way
    const values = useBenches.getState().byModel[model]?.values ?? bench.values;
    ran.current = values;
    try {
      // While one turns a knob, chance stays as it was: what changes then comes from the knob.
      const seed = bench.seed.trim() !== "" ? Number(bench.seed) : isDraft ? job?.seed : undefined;
      const made = await api.createJob({
        model,
        command: command.name,
        inputs: toSend(command.inputs, values),
        idempotency_key: crypto.randomUUID(),
        ...(seed === undefined ? {} : { seed }),
      });
      queries.setQueryData(["job", made.id], made);
      change(model, { jobId: made.id });
      const replaced = draft.current;
      draft.current = isDraft ? made.id : null;
      if (replaced && isDraft) await api.deleteJob(replaced).catch(() => undefined); // it may be gone already
      void queries.invalidateQueries({ queryKey: ["jobs"] });
    } catch (error) {
      setProblem(problemOf(error));
    } finally {
      setSending(false);
    }
  };

  // Run by itself: when something was changed since the last run, nothing is wrong, and nothing runs.
  useEffect(() => {
    if (!isLive || !isQuick || isRunning || ran.current === null || ran.current === bench.values) return undefined;
    if (Object.keys(wrongs(command.inputs, bench.values)).length) return undefined;
    const timer = setTimeout(() => void start(true), SETTLE_MS);
    return () => {
      clearTimeout(timer);
    };
  }); // each time: it looks at all of the bench

  return {
    run: () => void start(false),
    cancel: () => {
      if (bench.jobId) void api.cancelJob(bench.jobId).catch((error: unknown) => { setProblem(problemOf(error)); });
    },
    isRunning,
    problem,
    isQuick,
  };
}
