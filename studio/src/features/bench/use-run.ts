import { useQueries } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { api, newKey, problemOf } from "@/api/client";
import type { Command, Job, ModelSpec, NewJob, Problem } from "@/api/types";
import { patiently } from "@/features/connection/patience";
import { queries } from "@/features/connection/queries";
import { hasEnded } from "@/features/jobs/job-cache";
import { usePreferences } from "@/features/settings/preferences";
import { allThere, areUnderWay } from "@/features/uploads/uploads";
import { settled } from "@/widgets/pending";
import type { Bench } from "./bench-store";
import { benchOf, useBenches } from "./bench-store";
import { isSpeaking, seedsFrom, together } from "./speaking";
import { allOptions, isMadeOf, optionsToSend, toSend, wrongs } from "./values";

const QUICK_S = 0.3;
const LONGEST_SETUP_S = 60; // a worker that was just made ready stays so
const SETTLE_MS = 120;

interface Run {
  run: () => void;
  cancel: () => void;
  isRunning: boolean;
  /** Not yet with the server. */
  isSending: boolean;
  /** What the server refused, or that it is away. */
  problem: Problem | null;
  /** Whether the model answers so fast that it can run as one changes things. */
  isQuick: boolean;
}

/** Whether something on a bench is wrong or missing. */
const isWrong = (spec: ModelSpec, command: Command, bench: Bench): boolean =>
  Object.keys({ ...wrongs(spec.options, allOptions(spec, bench.options)), ...wrongs(command.inputs, bench.values) }).length > 0;

/** What is asked for with what lies on a bench. Its key makes one job of it, however often it is sent. */
const order = (spec: ModelSpec, command: Command, { bench, seed }: { bench: Bench; seed: number | undefined }): NewJob => ({
  model: spec.name,
  command: command.name,
  inputs: toSend(command.inputs, bench.values),
  options: optionsToSend(spec, bench.options),
  idempotency_key: newKey(),
  ...(seed === undefined ? {} : { seed }),
});

/** Run the model of a bench with what lies on it. */
export function useRun(spec: ModelSpec, command: Command, { bench, job }: { bench: Bench; job: Job | undefined }): Run {
  const model = spec.name;
  const change = useBenches((benches) => benches.change);
  const isLive = usePreferences((preferences) => preferences.isLive);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isSending, setSending] = useState(false);
  const [measured, setMeasured] = useState<Job | null>(null); // the last that was done
  const canceling = useRef<AbortController | null>(null); // while it is sent
  const draft = useRef<string | null>(null); // the last job that ran by itself; the next one takes its place
  const ran = useRef<Record<string, unknown> | null>(null); // the values of the last run

  const speaks = isSpeaking(command);
  const others = useQueries({ queries: together(bench).map((id) => ({ queryKey: ["job", id], queryFn: () => api.job(id) })) });
  const isRunning = isSending || (job !== undefined && !hasEnded(job)) || others.some(({ data }) => data && !hasEnded(data));
  if (job?.status === "succeeded" && job.model === model && measured !== job) setMeasured(job);
  const { run_s, setup_s } = measured?.metrics ?? {};
  const isQuick = !speaks && typeof run_s === "number" && run_s < QUICK_S && (setup_s ?? 0) < LONGEST_SETUP_S;

  const start = async (isDraft: boolean) => {
    setProblem(null);
    setSending(true);
    await settled(); // what was painted a moment ago may still be on its way
    const now = benchOf(model);
    const sending = (canceling.current = new AbortController());
    ran.current = now.values;
    try {
      // While one turns a knob, chance stays as it was: what changes then comes from the knob.
      const seed = now.seed.trim() !== "" ? Number(now.seed) : isDraft ? job?.seed : undefined;
      const seeds = speaks && now.count > 1 ? seedsFrom(seed ?? Math.floor(Math.random() * 2 ** 32), now.count) : [seed];
      const asked = seeds.map((one) => order(spec, command, { bench: now, seed: one }));
      const all = await Promise.all(asked.map((one) => patiently(() => api.createJob(one), sending.signal)));
      if (sending.signal.aborted) await Promise.all(all.map(({ id }) => api.cancelJob(id)));
      for (const one of all) queries.setQueryData(["job", one.id], one);
      const [made] = all as [Job];
      change(model, { jobId: made.id, group: all.map(({ id }) => id) });
      const replaced = draft.current;
      draft.current = isDraft ? made.id : null;
      if (replaced && isDraft) await api.deleteJob(replaced).catch(() => undefined); // it may be gone already
      void queries.invalidateQueries({ queryKey: ["jobs"] });
    } catch (error) {
      if (!sending.signal.aborted) setProblem(problemOf(error));
    } finally {
      canceling.current = null;
      setSending(false);
    }
  };

  // Run by itself: when something was changed since the last run, and is not what the shown result was made of; when
  // nothing is wrong, and nothing runs but what waits in the queue with values of a moment ago.
  useEffect(() => {
    const isBusy = isSending || (isRunning && !(job?.status === "queued" && job.id === draft.current));
    if (!isLive || !isQuick || isBusy || ran.current === null || ran.current === bench.values || isWrong(spec, command, bench)) return undefined;
    if (job && isMadeOf(job, command.inputs, bench.values)) return undefined;
    const timer = setTimeout(() => void start(true), SETTLE_MS);
    return () => {
      clearTimeout(timer);
    };
  }); // each time: it looks at all of the bench

  const startWhenAllIsThere = async () => {
    if (areUnderWay(model)) {
      change(model, { isAwaited: true });
      const isThere = await allThere(model);
      const now = benchOf(model);
      change(model, { isAwaited: false });
      if (!isThere || !now.isAwaited || isWrong(spec, command, now)) return;
    }
    await start(false);
  };

  return {
    run: () => void startWhenAllIsThere(),
    cancel: () => {
      if (bench.isAwaited) change(model, { isAwaited: false });
      else if (canceling.current) canceling.current.abort();
      else void Promise.all(together(bench).map((id) => api.cancelJob(id))).catch((error: unknown) => { setProblem(problemOf(error)); });
    },
    isRunning: isRunning || bench.isAwaited,
    isSending,
    problem,
    isQuick,
  };
}
