/** The one place that talks to the server. */

import type { Checkpoint, CurvePoint, Dataset, DatasetPreview, Deployment, DeploymentChange, Estimate, ExampleList, Figures, Health, Job, JobEvent, JobPage, HostedLine, Memorised, ModelPage, ModelSummary, NewDataset, NewDeployment, NewFork, NewJob, NewToken, NewTraining, Problem, SampleText, Settings, SettingsChange, Snippet, Status, StoredFile, Token, TokenMade, Trainer, Training, TrainingPage } from "./types";

export const BASE = "/api/v1";

/** The server said no, and why. */
export class RefusedError extends Error {
  readonly problem: Problem;
  readonly status: number;

  constructor(problem: Problem, status: number) {
    super(problem.message);
    this.name = "RefusedError";
    this.problem = problem;
    this.status = status;
  }
}

/** The server did not answer at all. */
export class AwayError extends Error {
  constructor() {
    super("The server does not answer.");
    this.name = "AwayError";
  }
}

/** Any error in the words in which it is shown. */
export function problemOf(error: unknown): Problem {
  if (error instanceof RefusedError) return error.problem;
  if (error instanceof AwayError) {
    return { code: "away", message: error.message, hint: "The studio tries again by itself." };
  }
  return { code: "studio", message: error instanceof Error ? error.message : String(error), hint: "" };
}

/** What the server said when it said no. */
export async function refusal(response: Response): Promise<RefusedError> {
  const plain: Problem = {
    code: `http_${String(response.status)}`,
    message: `The server answered with ${String(response.status)}.`,
    hint: "",
  };
  try {
    const body = (await response.json()) as Partial<Problem>;
    return new RefusedError({ ...plain, ...body }, response.status);
  } catch {
    return new RefusedError(plain, response.status);
  }
}

interface Way {
  signal?: AbortSignal | undefined;
  /** Whether the page may be closing: the request is sent all the same. */
  isLast?: boolean;
}

// Between the studio and a server that is gone may stand a proxy, which says so with these.
export const GATEWAY = new Set([502, 504]);

export async function ask<T>(method: string, path: string, body?: unknown, { signal, isLast = false }: Way = {}): Promise<T> {
  let response: Response;
  try {
    response = await fetch(BASE + path, {
      method,
      signal: signal ?? null,
      keepalive: isLast,
      headers: body === undefined ? {} : { "Content-Type": "application/json" },
      body: body === undefined ? null : JSON.stringify(body),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new AwayError();
  }
  if (GATEWAY.has(response.status)) throw new AwayError();
  if (!response.ok) throw await refusal(response);
  const isEmpty = response.status === 204 || response.headers.get("Content-Length") === "0";
  return (isEmpty ? undefined : await response.json()) as T;
}

export interface JobQuery {
  search?: string;
  status?: Status | "";
  model?: string;
  before?: string;
  limit?: number;
}

export function query(words: object): string {
  const given = Object.entries(words).filter(([, value]) => value !== undefined && value !== "");
  return given.length ? `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()}` : "";
}

export const one = (id: string) => encodeURIComponent(id);

/** A key that says of two requests that they are about one job. `crypto.randomUUID` is not there over plain HTTP. */
export const newKey = (): string => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

export const api = {
  health: (signal?: AbortSignal) => ask<Health>("GET", "/health", undefined, { signal }),
  models: async () => (await ask<{ models: ModelSummary[] }>("GET", "/models")).models,
  model: (name: string) => ask<ModelPage>("GET", `/models/${one(name)}`),
  examples: (name: string) => ask<ExampleList>("GET", `/models/${one(name)}/examples`),
  prepare: (name: string) => ask<ModelPage>("POST", `/models/${one(name)}/prepare`),
  jobs: (words: JobQuery = {}, signal?: AbortSignal) => ask<JobPage>("GET", `/jobs${query(words)}`, undefined, { signal }),
  job: (id: string) => ask<Job>("GET", `/jobs/${one(id)}`),
  createJob: (job: NewJob) => ask<Job>("POST", "/jobs", job),
  cancelJob: (id: string) => ask<Job>("POST", `/jobs/${one(id)}/cancel`),
  retryJob: (id: string) => ask<Job>("POST", `/jobs/${one(id)}/retry`),
  deleteJob: (id: string, isLast = false) => ask<undefined>("DELETE", `/jobs/${one(id)}`, undefined, { isLast }),
  fetchFile: (url: string) => ask<StoredFile>("POST", "/files/fetched", { url }),
  deployments: async () => (await ask<{ deployments: Deployment[] }>("GET", "/deployments")).deployments,
  deployment: (name: string) => ask<Deployment>("GET", `/deployments/${one(name)}`),
  host: (wanted: NewDeployment) => ask<Deployment>("POST", "/deployments", wanted),
  changeDeployment: (name: string, change: DeploymentChange) => ask<Deployment>("PATCH", `/deployments/${one(name)}`, change),
  deleteDeployment: (name: string) => ask<undefined>("DELETE", `/deployments/${one(name)}`),
  wake: (name: string) => ask<Deployment>("POST", `/deployments/${one(name)}/wake`),
  sleep: (name: string) => ask<Deployment>("POST", `/deployments/${one(name)}/sleep`),
  deploy: (name: string, wanted: NewDeployment) => ask<Deployment>("POST", `/deployments/${one(name)}/releases`, wanted),
  switchTo: (name: string, release: number) => ask<Deployment>("POST", `/deployments/${one(name)}/switch`, { release }),
  tokens: async (name: string) => (await ask<{ tokens: Token[] }>("GET", `/deployments/${one(name)}/tokens`)).tokens,
  makeToken: (name: string, wanted: NewToken) => ask<TokenMade>("POST", `/deployments/${one(name)}/tokens`, wanted),
  revokeToken: (name: string, id: string) => ask<undefined>("DELETE", `/deployments/${one(name)}/tokens/${one(id)}`),
  figures: (name: string, minutes: number, step: number) => ask<Figures>("GET", `/deployments/${one(name)}/figures${query({ minutes, step })}`),
  deploymentLog: async (name: string, before?: number) => (await ask<{ lines: HostedLine[] }>("GET", `/deployments/${one(name)}/log${query({ before, limit: 50 })}`)).lines,
  snippets: async (name: string) => (await ask<{ snippets: Snippet[] }>("GET", `/deployments/${one(name)}/snippets`)).snippets,
  datasets: async () => (await ask<{ datasets: Dataset[] }>("GET", "/datasets")).datasets,
  createDataset: (wanted: NewDataset) => ask<Dataset>("POST", "/datasets", wanted),
  previewDataset: (dataset: string, after: number) => ask<DatasetPreview>("GET", `/datasets/${one(dataset)}/preview${query({ after, limit: 6 })}`),
  deleteDataset: (dataset: string, isLast = false) => ask<undefined>("DELETE", `/datasets/${one(dataset)}`, undefined, { isLast }),
  trainers: async () => (await ask<{ trainers: Trainer[] }>("GET", "/trainers")).trainers,
  trainings: (before?: string) => ask<TrainingPage>("GET", `/trainings${query({ before })}`),
  training: (id: string) => ask<Training>("GET", `/trainings/${one(id)}`),
  train: (wanted: NewTraining) => ask<Training>("POST", "/trainings", wanted),
  estimate: (wanted: NewTraining, signal?: AbortSignal) => ask<Estimate>("POST", "/trainings/estimate", wanted, { signal }),
  curve: async (id: string, afterStep: number) => (await ask<{ points: CurvePoint[] }>("GET", `/trainings/${one(id)}/curve${query({ after_step: afterStep })}`)).points,
  trainingSamples: async (id: string, afterStep: number) => (await ask<{ samples: SampleText[] }>("GET", `/trainings/${one(id)}/samples${query({ after_step: afterStep })}`)).samples,
  checkpoints: async (id: string) => (await ask<{ checkpoints: Checkpoint[] }>("GET", `/trainings/${one(id)}/checkpoints`)).checkpoints,
  steer: (id: string, way: "pause" | "resume" | "finish" | "cancel") => ask<Training>("POST", `/trainings/${one(id)}/${way}`),
  fork: (id: string, wanted: NewFork) => ask<Training>("POST", `/trainings/${one(id)}/fork`, wanted),
  exportTraining: (id: string) => ask<StoredFile>("POST", `/trainings/${one(id)}/export`),
  memorised: (id: string, text: string) => ask<Memorised>("POST", `/trainings/${one(id)}/memorised`, { text }),
  deleteTraining: (id: string) => ask<undefined>("DELETE", `/trainings/${one(id)}`),
  settings: () => ask<Settings>("GET", "/settings"),
  changeSettings: (changes: SettingsChange) => ask<Settings>("PATCH", "/settings", changes),
};

/** The address of a file that the server keeps. */
export const fileUrl = (id: string): string => `${BASE}/files/${one(id)}`;

/** The text in a file that the server keeps. */
export async function readFile(id: string): Promise<string> {
  const response = await fetch(fileUrl(id));
  if (!response.ok) throw await refusal(response);
  return response.text();
}

/** The address under which a browser saves a file, by its name. */
export const downloadUrl = (id: string, name: string): string => `${fileUrl(id)}${query({ name, download: true })}`;

/** The address of a small picture of a file. */
export const thumbnailUrl = (id: string, size: 128 | 256 | 512 | 1024): string => `${fileUrl(id)}/thumbnail?size=${String(size)}`;

/** The address of the picture that shows what a model does. */
export const previewUrl = (model: string): string => `${BASE}/models/${one(model)}/preview`;

/** Hear what happens to a job, until the returned function is called. `onBroken`: ask for the job instead. */
export function listen(id: string, onEvent: (event: JobEvent) => void, onBroken: () => void): () => void {
  const source = new EventSource(`${BASE}/jobs/${one(id)}/events`);
  source.onmessage = (message: MessageEvent<string>) => {
    onEvent(JSON.parse(message.data) as JobEvent);
  };
  source.onerror = onBroken;
  return () => {
    source.close();
  };
}
