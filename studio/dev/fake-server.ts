/**
 * A FAKE of Gesso's server, for looking at the studio while it is made: `npm run dev:fake`. Never shipped, never tested
 * against. It keeps everything in memory and runs no model. `GESSO_FAKE_FOLDER` may hold hopper.jpg, drawing.png and
 * pose.json, which then are the pose model's example and result.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import type { Plugin } from "vite";
import { SPECS, summary } from "./fake-specs.ts";

interface Kept { blob: string; name: string; media_type: string; size_bytes: number }
type Words = Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any -- a fake knows no types
const folder = process.env.GESSO_FAKE_FOLDER ?? "";
const files = new Map<string, { about: Kept; data: Buffer }>();
const jobs = new Map<string, Words>();
const watchers = new Map<string, Set<ServerResponse>>();
let settings: Words = { home: "/home/you/.local/share/gesso", offline: false, threads: 2, allowed_origins: [], upload_limit_bytes: 4e9, fetch_limit_bytes: 1e8, fixed: [] };
let count = 0;

function keep(data: Buffer, name: string, media_type: string): Kept {
  const id = createHash("sha256").update(data).digest("hex");
  const about = { blob: id, name, media_type, size_bytes: data.length };
  files.set(id, { about, data });
  return about;
}

function picture(name: string): Kept {
  const path = join(folder, name);
  if (folder && existsSync(path)) return keep(readFileSync(path), name, name.endsWith("png") ? "image/png" : "image/jpeg");
  const hue = [...name].reduce((sum, sign) => sum + sign.charCodeAt(0), 0) % 360;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="640" height="480"><rect width="640" height="480" fill="hsl(${hue} 30% 70%)"/><circle cx="320" cy="240" r="150" fill="hsl(${hue + 90} 50% 50%)"/></svg>`;
  return keep(Buffer.from(svg), `${name}.svg`, "image/svg+xml");
}

const body = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};

function tell(job: Words, event: Words) {
  for (const response of watchers.get(job.id) ?? []) {
    response.write(`data: ${JSON.stringify(event)}\n\n`);
    if (event.type === "job" && ["succeeded", "failed", "canceled"].includes(event.job.status)) response.end();
  }
}

const dataUri = (kept: Kept) => `data:${kept.media_type};base64,${files.get(kept.blob)!.data.toString("base64")}`;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

function outputs(job: Words): Words[] {
  if (job.model === "pose") {
    const path = join(folder, "pose.json");
    const found = existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : { landmarks: [] };
    return [{ name: "landmarks", type: "landmarks", value: found.landmarks, files: [] }, { name: "drawing", type: "image", files: [picture("drawing.png")] }];
  }
  if (job.model === "remix") return [{ name: "picture", type: "image", files: [picture(`remix ${job.seed}`)] }];
  if (job.model === "haiku") return [{ name: "poem", type: "text", files: [], value: `${job.inputs.subject}\nin the first snow of the year\nnobody has walked` }];
  return (SPECS.everything as Words).commands[0].outputs
    .map((one: Words) => ({ name: one.name, type: one.type, ...(job.inputs[one.name]?.blob ? { files: [job.inputs[one.name]] } : { files: [], value: job.inputs[one.name] }) }))
    .filter((one: Words) => one.files[0] ?? (one.value !== undefined && one.value !== null));
}

async function run(job: Words) {
  const steps = job.model === "remix" ? 24 : job.model === "pose" ? 3 : 8;
  await pause(60);
  Object.assign(job, { status: "processing", started_at: new Date().toISOString() });
  tell(job, { type: "job", job });
  if (job.inputs.subject === "fail") {
    Object.assign(job, { status: "failed", completed_at: new Date().toISOString(), error: { code: "model", message: "The model failed: it found no words.", hint: "Name something else.", detail: 'Traceback (most recent call last):\n  File "model.py", line 12, in run' } });
    return tell(job, { type: "job", job });
  }
  for (let step = 1; step <= steps; step += 1) {
    await pause(job.model === "remix" ? 180 : 30);
    if (job.status === "canceled") return tell(job, { type: "job", job });
    Object.assign(job, { progress: step / steps, progress_text: step < 3 ? "looking at the picture" : "making it sharper" });
    tell(job, { type: "progress", fraction: job.progress, text: job.progress_text });
    if (job.model === "haiku") tell(job, { type: "part", output: "poem", value: ["snow ", "on ", "the ", "roof, "][step % 4] });
    if (job.model === "remix" && step % 4 === 0) tell(job, { type: "preview", preview: { output: "picture", type: "image", value: dataUri(picture(`draft ${step}`)) } });
  }
  Object.assign(job, { status: "succeeded", completed_at: new Date().toISOString(), outputs: outputs(job), metrics: { queue_s: 0.06, setup_s: 0, run_s: steps * 0.03, total_s: steps * 0.03 + 0.06 }, progress: 1, recipe: { schema_version: 1, model: job.model, inputs: job.inputs, seed: job.seed } });
  tell(job, { type: "job", job });
}

function makeJob(asked: Words): Words {
  count += 1;
  const seed = asked.seed ?? Math.floor(Math.random() * 2 ** 32);
  const job = { id: `job${String(count).padStart(5, "0")}`, kind: "prediction", model: asked.model, command: "run", status: "queued", queue_position: 1, progress: 0, progress_text: "", model_title: (SPECS[asked.model] as Words).title, previews: [], options: {}, child_ids: [], retry_of: null, inputs: asked.inputs, outputs: [], metrics: {}, seed, error: null, created_at: new Date().toISOString(), started_at: null, completed_at: null, recipe: null, logs: [{ at: new Date().toISOString(), text: "Starting", level: "info" }], logs_left_out: 0 };
  jobs.set(job.id, job);
  void run(job);
  return job;
}

const DENY = { code: "not_found", message: "There is no such thing here.", hint: "" };

async function answer(request: IncomingMessage, response: ServerResponse, path: string[], words: URLSearchParams) {
  const send = (value: unknown, status = 200) => {
    response.statusCode = status;
    response.setHeader("Content-Type", "application/json");
    response.end(value === undefined ? "" : JSON.stringify(value));
  };
  const [room, id, verb] = path;
  const method = request.method ?? "GET";
  if (room === "health") return send({ status: "ok", version: "0.0-fake", needs_key: false });
  if (room === "settings") {
    if (method === "PATCH") settings = { ...settings, ...JSON.parse((await body(request)).toString()) };
    return send(settings);
  }
  if (room === "models") {
    const shown = process.env.GESSO_FAKE === "empty" ? [] : Object.values(SPECS);
    if (!id) return send({ models: shown.map((one) => ({ ...summary(one), has_preview: one.name === "pose" && folder !== "" })) });
    const one = SPECS[id];
    const example = { pose: { image: picture("hopper.jpg") }, remix: { texture: picture("texture") }, everything: { photo: picture("hopper.jpg") } }[id];
    if (!one) return send(DENY, 404);
    if (verb === "preview") return response.end(files.get(picture("drawing.png").blob)!.data);
    if (verb === "examples") return send({ examples: example ? [{ inputs: example }] : [], is_prepared: true });
    return send({ ...summary(one), spec: one });
  }
  if (room === "files") {
    if (method === "POST") return send(keep(await body(request), words.get("name") ?? "file", "image/*"), 201);
    const kept = files.get(id ?? "");
    if (!kept) return send(DENY, 404);
    response.setHeader("Content-Type", kept.about.media_type);
    return response.end(kept.data);
  }
  if (room === "jobs") return answerJobs(request, response, { id, verb, words, send });
  return send(DENY, 404);
}

async function answerJobs(request: IncomingMessage, response: ServerResponse, { id, verb, words, send }: { id?: string; verb?: string; words: URLSearchParams; send: (value: unknown, status?: number) => unknown }) {
  if (!id && request.method === "POST") return send(makeJob(JSON.parse((await body(request)).toString())), 201);
  if (!id) {
    const all = [...jobs.values()].reverse().filter((one) => (!words.get("model") || one.model === words.get("model")) && JSON.stringify(one).toLowerCase().includes((words.get("search") ?? "").toLowerCase()));
    return send({ jobs: all.slice(0, Number(words.get("limit") ?? 50)), next_before: null });
  }
  const job = jobs.get(id);
  if (!job) return send(DENY, 404);
  if (request.method === "DELETE") return jobs.delete(id), send(undefined, 204);
  if (verb === "cancel") return (job.status = "canceled"), (job.completed_at = new Date().toISOString()), send(job);
  if (verb === "retry") return send(makeJob(job), 201);
  if (verb !== "events") return send(job);
  response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-cache" });
  const heard = watchers.get(id) ?? new Set();
  watchers.set(id, heard.add(response));
  response.on("close", () => heard.delete(response));
  tell(job, { type: "job", job });
}

export function fakeServer(): Plugin {
  return {
    name: "fake-gesso-server",
    configureServer(server) {
      server.middlewares.use("/api/v1", (request, response) => {
        const url = new URL(request.url ?? "/", "http://fake");
        void answer(request, response, url.pathname.split("/").filter(Boolean), url.searchParams);
      });
    },
  };
}
