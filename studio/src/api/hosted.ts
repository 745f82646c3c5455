/** A deployment as a stranger asks it: at its own address, with a token or without. */

import { AwayError, GATEWAY, refusal } from "./client";
import { told } from "./told";
import type { Command, DeploymentStatus, Json } from "./types";
import type { components } from "./schema";

type Schemas = components["schemas"];

/** What a page shows: one command, and whether a token is asked for. */
export type HostedPage = Omit<Schemas["HostedSpec"], "inputs" | "outputs"> & Pick<Command, "inputs" | "outputs">;
export type HostedResult = Omit<Schemas["DirectResult"], "outputs"> & { outputs: Record<string, Json> };
export type HostedNews =
  | { type: "progress"; fraction: number; text: string }
  | { type: "part"; output: string; value: Json }
  | { type: "preview"; output: string; value: Json }
  | { type: "log" }
  | ({ type: "result" } & HostedResult)
  | ({ type: "error" } & Schemas["Problem"]);

interface Asked {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
  signal?: AbortSignal;
}

async function ask(path: string, token: string, more: Asked = {}): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, { ...more, headers: { ...(token ? { Authorization: `Bearer ${token}` } : {}), ...more.headers } });
  } catch (error) {
    if (more.signal?.aborted) throw error;
    throw new AwayError();
  }
  if (GATEWAY.has(response.status)) throw new AwayError();
  if (!response.ok) throw await refusal(response);
  return response;
}

const at = (name: string, what: string) => `/m/${encodeURIComponent(name)}/${what}`;

export const hosted = {
  page: async (name: string) => (await (await ask(at(name, "page"), "")).json()) as HostedPage,
  status: async (name: string, token: string) => (await (await ask(at(name, "status"), token)).json()) as DeploymentStatus,
};

/** Run a deployment, and hear how it goes on; the last news is the result or an error. */
export async function* runHosted(name: string, token: string, inputs: Record<string, unknown>, signal: AbortSignal): AsyncGenerator<HostedNews> {
  const headers = { "Content-Type": "application/json", Accept: "text/event-stream" };
  const response = await ask(at(name, "run"), token, { method: "POST", headers, body: JSON.stringify({ inputs }), signal });
  yield* told<HostedNews>(response);
}
