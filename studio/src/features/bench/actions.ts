/** What can be done with a job that is over, and what comes of it lies on a bench. */

import { api, newKey } from "@/api/client";
import type { Job } from "@/api/types";
import { queries } from "@/features/connection/queries";
import { sayProblem } from "@/features/jobs/say-problem";
import { replace, useBenches } from "./bench-store";

type Go = (path: string) => void;

export const benchPath = (model: string): string => `/models/${encodeURIComponent(model)}`;

const laid = (job: Job) => ({ values: { ...job.inputs }, options: { ...job.options }, jobId: job.id, command: job.command });

/** Put a job's inputs, seed and result on its model's bench. */
export function openOnBench(job: Job, go: Go): void {
  replace(job.model, { ...laid(job), seed: String(job.seed) });
  go(benchPath(job.model));
}

async function show(made: Promise<Job>, go: Go): Promise<void> {
  try {
    const job = await made;
    queries.setQueryData(["job", job.id], job);
    void queries.invalidateQueries({ queryKey: ["jobs"] });
    useBenches.getState().change(job.model, { ...laid(job), seed: "", isTouched: true });
    go(benchPath(job.model));
  } catch (error) {
    sayProblem(error);
  }
}

/** The same inputs and the same seed. */
export const runAgain = (job: Job, go: Go): Promise<void> => show(api.retryJob(job.id), go);

/** The same inputs and another seed. */
export const vary = (job: Job, go: Go): Promise<void> =>
  show(api.createJob({ model: job.model, command: job.command, inputs: job.inputs, options: job.options, device: job.device, idempotency_key: newKey() }), go);
