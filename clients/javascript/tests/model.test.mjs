/* The client without a server: `fetch` is played, and says what it was asked. The browser's part is in tests/clients. */
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { afterEach, test } from "node:test";
import gesso, { GessoError, Model } from "../gesso.mjs";

const URL = "https://gesso.example.org/m/poet";
const RESULT = { outputs: { output: "a fox" }, seed: 7, metrics: { run_s: 0.1 } };
const realFetch = globalThis.fetch;
afterEach(() => {
  globalThis.fetch = realFetch;
});

/** Have `fetch` answer these, one after the other. Returns what it was asked. */
function answering(...answers) {
  const asked = [];
  globalThis.fetch = async (url, how) => {
    asked.push({ url, ...how, body: how.body && JSON.parse(how.body) });
    const { status = 200, body = {}, headers = {} } = answers.length > 1 ? answers.shift() : answers[0];
    if (body instanceof Error) throw body;
    return new Response(typeof body === "string" ? body : JSON.stringify(body), { status, headers });
  };
  return asked;
}

/** A model that notes how long it would have waited. */
class Hasty extends Model {
  waited = [];
  async pause(ms) {
    this.waited.push(ms);
  }
}

test("it is the same by import, by require and as a global", () => {
  const required = createRequire(import.meta.url)("../gesso.js");
  assert.equal(required.Model, Model);
  assert.equal(globalThis.gesso, gesso);
});

test("a run sends inputs with the token, and returns what was made", async () => {
  const asked = answering({ body: RESULT });
  const result = await new Model(`${URL}/`, { token: "gesso_x" }).run({ prompt: "hi", z: new Float32Array(2) }, { seed: 7 });
  assert.deepEqual([result.outputs, result.value, result.seed], [{ output: "a fox" }, "a fox", 7]);
  assert.equal(asked[0].url, `${URL}/run`);
  assert.equal(asked[0].headers.Authorization, "Bearer gesso_x");
  assert.deepEqual(asked[0].body, { inputs: { prompt: "hi", z: [0, 0] }, seed: 7 });
});

test("a file becomes a data: URL, also inside of lists", async () => {
  const asked = answering({ body: RESULT });
  const blob = new Blob(["a,b"], { type: "text/csv" });
  await new Model(URL).run({ file: blob, files: [blob, null] });
  const url = "data:text/csv;base64,YSxi";
  assert.deepEqual(asked[0].body.inputs, { file: url, files: [url, null] });
  assert.equal(asked[0].headers.Authorization, undefined);
});

test("a callback gets the error first", async () => {
  answering({ body: RESULT });
  const [error, result] = await new Promise((resolve) => new Model(URL).run({}, (...told) => resolve(told)));
  assert.equal(error, null);
  assert.equal(result.value, "a fox");
  answering({ status: 401, body: { code: "access", message: "It asks for a token.", hint: "Send one." } });
  const [refused, nothing] = await new Promise((resolve) => new Model(URL).run({}, (...told) => resolve(told)));
  assert.deepEqual([refused.code, refused.message, refused.hint, refused.status], ["access", "It asks for a token.", "Send one.", 401]);
  assert.equal(nothing, null);
});

test("a promise is rejected with an error of ours, whatever the cause", async () => {
  answering({ body: new TypeError("fetch failed") });
  await assert.rejects(new Model(URL).run(), (error) => error instanceof GessoError && error.code === "network");
  answering({ status: 502, body: "<html>Bad gateway</html>" });
  await assert.rejects(new Model(URL).run(), { code: "http", status: 502 });
});

test("it comes again when it is told to, a few times, and never sooner than in a second", async () => {
  const later = { status: 429, headers: { "Retry-After": "3" }, body: { code: "limit", message: "Too often." } };
  const model = new Hasty(URL);
  answering(later, { ...later, headers: { "Retry-After": "0" } }, { body: RESULT });
  assert.equal((await model.run()).value, "a fox");
  assert.deepEqual(model.waited, [3000, 1000]);
  const asked = answering(later);
  await assert.rejects(new Hasty(URL).run(), { code: "limit", status: 429 });
  assert.equal(asked.length, 4);
});

test("it does not come again where nobody said when, or only much later", async () => {
  for (const headers of [{}, { "Retry-After": "3600" }, { "Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT" }]) {
    const asked = answering({ status: 429, headers, body: { code: "limit", message: "A cap is reached." } });
    await assert.rejects(new Hasty(URL).run(), { code: "limit" });
    assert.equal(asked.length, 1);
  }
});

test("parts, progress and the rest are told as they come", async () => {
  const messages = [
    { type: "progress", fraction: 0.5, text: "half" },
    { type: "log", text: "I was told", level: "info" },
    { type: "part", output: "output", value: "a " },
    { type: "part", output: "output", value: "föx" },
    { type: "preview", output: "p", value: 1, data_type: "number" },
    { type: "result", ...RESULT },
  ];
  answering({ body: messages.map((message) => `: ping\n\ndata: ${JSON.stringify(message)}\n\n`).join("") });
  const heard = [];
  const result = await new Model(URL).stream({}, (part) => heard.push(part), {
    onProgress: (...told) => heard.push(told),
    onLog: (...told) => heard.push(told),
    onPreview: (...told) => heard.push(told),
  });
  assert.deepEqual(heard, [[0.5, "half"], ["I was told", "info"], "a ", "föx", [1, "p", "number"]]);
  assert.equal(result.seed, 7);
});

test("a letter that is cut in two arrives whole", async () => {
  const bytes = new TextEncoder().encode(
    `data: {"type": "part", "value": "ö"}\n\ndata: ${JSON.stringify({ type: "result", ...RESULT })}\n\n`,
  );
  globalThis.fetch = async () =>
    new Response(
      new ReadableStream({
        start(stream) {
          for (const byte of bytes) stream.enqueue(Uint8Array.of(byte));
          stream.close();
        },
      }),
    );
  const parts = [];
  await new Model(URL).stream({}, (part) => parts.push(part));
  assert.deepEqual(parts, ["ö"]);
});

test("a stream that fails or breaks off says so", async () => {
  answering({ body: 'data: {"type": "error", "code": "model", "message": "No rhyme."}\n\n' });
  await assert.rejects(new Model(URL).stream({}), { code: "model", message: "No rhyme." });
  answering({ body: 'data: {"type": "part", "value": "a"}\n\n' });
  await assert.rejects(new Model(URL).stream({}), { code: "interrupted" });
});

test("waking tells how it goes on", async () => {
  const waking = { state: "waking", stages: [], problem: null };
  answering({ body: waking }, { body: waking }, { body: { state: "awake", stages: [], problem: null } });
  const model = new Hasty(URL);
  const heard = [];
  assert.equal((await model.wake((status) => heard.push(status.state))).state, "awake");
  assert.deepEqual(heard, ["waking", "waking", "awake"]);
  answering({ body: { state: "failed", stages: [], problem: { code: "setup", message: "No weights." } } });
  await assert.rejects(model.wake(), { code: "setup", message: "No weights." });
});

test("an abort is an error like any other", async () => {
  globalThis.fetch = async (_, { signal }) => {
    signal.throwIfAborted();
  };
  await assert.rejects(new Model(URL).run({}, { signal: AbortSignal.abort() }), { code: "canceled" });
});

test("what is no address is refused at once", () => {
  assert.throws(() => new Model("poet"), { code: "input" });
});

test("a result without a picture says what it has", async () => {
  answering({ body: RESULT });
  const result = await new Model(URL).run();
  await assert.rejects(result.image(), { code: "not_found", hint: "It has: output." });
});
