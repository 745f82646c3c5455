/** What can be done with a job that is over. */

import { api, problemOf } from "@/api/client";
import type { Job } from "@/api/types";
import { useBenches } from "@/features/bench/bench-store";
import { queries } from "@/features/connection/queries";
import { hide } from "@/features/jobs/hidden";
import { useToasts } from "@/ui/toasts";

type Go = (path: string) => void;

const benchPath = (job: Job): string => `/models/${encodeURIComponent(job.model)}`;

/** Put a job's inputs, seed and result on its model's bench. */
export function openOnBench(job: Job, go: Go): void {
  useBenches.getState().change(job.model, { values: { ...job.inputs }, seed: String(job.seed), jobId: job.id, command: job.command, isTouched: true });
  go(benchPath(job));
}

async function show(made: Promise<Job>, go: Go): Promise<void> {
  try {
    const job = await made;
    queries.setQueryData(["job", job.id], job);
    void queries.invalidateQueries({ queryKey: ["jobs"] });
    useBenches.getState().change(job.model, { values: { ...job.inputs }, seed: "", jobId: job.id, command: job.command, isTouched: true });
    go(benchPath(job));
  } catch (error) {
    const { message, hint } = problemOf(error);
    useToasts.getState().say({ text: `${message} ${hint}`.trim() });
  }
}

/** The same inputs and the same seed. */
export const runAgain = (job: Job, go: Go): Promise<void> => show(api.retryJob(job.id), go);

/** The same inputs and another seed. */
export const vary = (job: Job, go: Go): Promise<void> =>
  show(api.createJob({ model: job.model, command: job.command, inputs: job.inputs, options: job.options, idempotency_key: crypto.randomUUID() }), go);

/** Delete jobs: at once for the eye, for good when nobody has taken it back. */
export function remove(jobs: Job[]): void {
  const ids = new Set(jobs.map((job) => job.id));
  hide(ids, true);
  useToasts.getState().say({
    text: jobs.length === 1 ? "Deleted" : `${String(jobs.length)} deleted`,
    undo: () => {
      hide(ids, false);
      void queries.invalidateQueries({ queryKey: ["jobs"] });
    },
    settle: () => {
      void Promise.allSettled([...ids].map((id) => api.deleteJob(id, true))).then(() => {
        hide(ids, false);
        void queries.invalidateQueries({ queryKey: ["jobs"] });
      });
    },
  });
}
