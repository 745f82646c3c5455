/*
 * Gesso's client for JavaScript: models behind a URL, from a page, a p5.js sketch or Node. It needs nothing else.
 *
 *   <script src="https://gesso.example.org/gesso.js"></script>            then: new gesso.Model(url, { token })
 *   import { Model } from "https://gesso.example.org/gesso.mjs";          the same as a module
 *   import { Model } from "./gesso.mjs";                                  the same in Node, beside both files
 *
 * Whatever takes time returns a promise, and calls a last argument that is a function as `(error, result)`.
 */
(function () {
  "use strict";

  const MOST_TRIES = 4;
  const SHORTEST_WAIT_S = 1; // also where a server says "at once": nobody is hammered
  const LONGEST_WAIT_S = 60;
  const MOST_UNDER_WAY = 2; // frames: one is worked on, one is on its way
  const LOOK_MS = 500;

  // -- errors ---------------------------------------------------------------------------------------------------------

  /** What went wrong: `code` for programs, `message` and `hint` for people, `status` of HTTP where there is one. */
  class GessoError extends Error {
    constructor({ code = "error", message = "Something went wrong.", hint = "", status = 0 }) {
      super(message);
      this.name = "GessoError";
      this.code = code;
      this.hint = hint;
      this.status = status;
    }
  }

  function asError(error) {
    if (error instanceof GessoError) return error;
    if (error && error.name === "AbortError") return new GessoError({ code: "canceled", message: "It was canceled." });
    return new GessoError({
      code: "network",
      message: `Gesso cannot be reached: ${error && error.message}.`,
      hint: "Is the address right, does Gesso run, and is the token one for this page?",
    });
  }

  /** Return the promise, and tell a callback what comes of it. */
  function told(promise, callback) {
    const asked = promise.catch((error) => Promise.reject(error instanceof Error ? error : asError(error)));
    if (typeof callback !== "function") return asked;
    asked.then(
      (result) => callback(null, result),
      (error) => callback(error, null),
    );
    return asked.catch(() => undefined); // whoever gives a callback hears of it there
  }

  // -- pictures -------------------------------------------------------------------------------------------------------

  const isA = (value, name) => typeof globalThis[name] === "function" && value instanceof globalThis[name];

  /** Return what has the pixels: p5's pictures, graphics and cameras carry it inside. */
  function bare(value) {
    if (value && isA(value.elt, "HTMLElement")) return value.elt;
    if (value && isA(value.canvas, "HTMLCanvasElement")) return value.canvas;
    return value;
  }

  const isDrawable = (value) =>
    ["HTMLCanvasElement", "OffscreenCanvas", "HTMLVideoElement", "HTMLImageElement", "ImageBitmap", "ImageData"].some(
      (name) => isA(value, name),
    );

  /**
   * Return a picture as a Blob: a Blob as it is; a canvas, video, image, ImageBitmap, ImageData or p5's own drawn anew.
   * `type` is image/jpeg or image/png, `size` the longest side that it may have.
   */
  async function picture(value, { type = "image/png", quality = 0.9, size = Infinity } = {}) {
    const source = bare(value);
    if (isA(source, "Blob")) return source;
    if (typeof source === "string" && source.startsWith("data:")) return (await fetch(source)).blob();
    if (!isDrawable(source)) {
      throw new GessoError({
        code: "input",
        message: "Expected a picture, but got something else.",
        hint: "Give a canvas, a video, an image, a p5.Image, a Blob or a data: URL.",
      });
    }
    if (isA(source, "HTMLImageElement")) await source.decode();
    const width = source.videoWidth || source.naturalWidth || source.width;
    const height = source.videoHeight || source.naturalHeight || source.height;
    if (!width || !height) {
      throw new GessoError({ code: "input", message: "The picture has no size yet.", hint: "Wait until it is loaded." });
    }
    const scale = Math.min(1, size / Math.max(width, height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(width * scale));
    canvas.height = Math.max(1, Math.round(height * scale));
    const context = canvas.getContext("2d");
    if (isA(source, "ImageData")) context.putImageData(source, 0, 0);
    else context.drawImage(source, 0, 0, canvas.width, canvas.height);
    return new Promise((resolve, reject) => {
      const hint = "It comes from another site. Load it with crossOrigin, or from your own.";
      try {
        canvas.toBlob(
          (blob) => (blob ? resolve(blob) : reject(new GessoError({ code: "input", message: "It cannot be read." }))),
          type,
          quality,
        );
      } catch {
        reject(new GessoError({ code: "input", message: "The browser does not let the picture be read.", hint }));
      }
    });
  }

  async function dataUrl(blob) {
    const bytes = new Uint8Array(await blob.arrayBuffer());
    let text = "";
    for (let at = 0; at < bytes.length; at += 32768) text += String.fromCharCode(...bytes.subarray(at, at + 32768));
    return `data:${blob.type || "application/octet-stream"};base64,${btoa(text)}`;
  }

  /** Return an input as JSON: pictures and files as data: URLs, everything else as it is. */
  async function encode(value) {
    const source = bare(value);
    if (isA(source, "Blob")) return dataUrl(source);
    if (isDrawable(source)) {
      return dataUrl(await picture(source, { type: isA(source, "HTMLVideoElement") ? "image/jpeg" : "image/png" }));
    }
    if (ArrayBuffer.isView(source)) return Array.from(source);
    if (Array.isArray(source)) return Promise.all(source.map(encode));
    if (source && typeof source === "object") {
      const entries = Object.entries(source).map(async ([name, one]) => [name, await encode(one)]);
      return Object.fromEntries(await Promise.all(entries));
    }
    return source;
  }

  /** Return a picture of a result (a data: URL) as an image that a page can show and a canvas can draw. */
  async function image(url) {
    const made = new Image();
    made.src = url;
    await made.decode();
    return made;
  }

  /** Return a playing video of the camera. Browsers allow that on https:// and on this computer alone. */
  async function camera({ width = 640, height = 480, facing = "user" } = {}) {
    if (!navigator.mediaDevices) {
      throw new GessoError({
        code: "camera",
        message: "This page may not use a camera.",
        hint: "Browsers allow it on https:// and on localhost alone.",
      });
    }
    const video = document.createElement("video");
    video.playsInline = video.muted = true;
    try {
      video.srcObject = await navigator.mediaDevices.getUserMedia({
        video: { width: { ideal: width }, height: { ideal: height }, facingMode: facing },
      });
    } catch (error) {
      throw new GessoError({ code: "camera", message: `There is no camera to be had: ${error.message}.` });
    }
    await video.play();
    return video;
  }

  // -- a model --------------------------------------------------------------------------------------------------------

  /** What a run has made: `outputs` by name, the `seed` that was used, and in `metrics` where the time went. */
  class Result {
    constructor({ outputs, seed, metrics }) {
      this.outputs = outputs;
      this.seed = seed;
      this.metrics = metrics;
    }

    /** The first output: the only one of most models. */
    get value() {
      return Object.values(this.outputs)[0];
    }

    /** Return an output that is a picture (the first, if none is named) as an HTMLImageElement. */
    image(name) {
      const isPicture = (value) => typeof value === "string" && value.startsWith("data:image/");
      const found = name === undefined ? Object.values(this.outputs).find(isPicture) : this.outputs[name];
      if (isPicture(found)) return image(found);
      const names = Object.keys(this.outputs).join(", ");
      const message = `There is no picture${name === undefined ? "" : ` ${name}`} in the result.`;
      return Promise.reject(new GessoError({ code: "not_found", message, hint: `It has: ${names}.` }));
    }
  }

  /** A model behind a URL: https://gesso.example.org/m/pose. */
  class Model {
    constructor(url, { token = "" } = {}) {
      let parsed;
      try {
        parsed = new URL(url, globalThis.location && globalThis.location.href);
      } catch {
        throw new GessoError({
          code: "input",
          message: `Expected the address of a model, but got ${String(url).slice(0, 80)}.`,
          hint: "Copy it from Gesso, under Hosting: https://gesso.example.org/m/pose",
        });
      }
      this.url = (parsed.origin + parsed.pathname).replace(/\/+$/, "");
      this.token = token;
    }

    /** Say what it takes and gives: `inputs` and `outputs` with name, type, default and limits. It is not woken. */
    info(callback) {
      return told(this._json("GET", "/spec"), callback);
    }

    /** Say how it stands, at once: `state` is asleep, waking, awake, inactive or failed. It is not woken. */
    status(callback) {
      return told(this._json("GET", "/status"), callback);
    }

    /** Wake it, and wait until it is awake. `onProgress` gets its status again and again. */
    wake(onProgress, callback) {
      return told(this._wake(onProgress), callback);
    }

    /** Run it once. `options` may have `seed`, and `signal` of an AbortController, which cancels. */
    run(inputs = {}, options = {}, callback = undefined) {
      if (typeof options === "function") return this.run(inputs, {}, options);
      return told(this._run(inputs, options), callback);
    }

    /**
     * Run it once, and hear of it meanwhile: `onPart(part, output)` gets the pieces of a text or list. `options` are
     * those of `run`, and `onProgress(fraction, text)`, `onLog(text, level)`, `onPreview(value, output, type)`.
     */
    stream(inputs = {}, onPart = undefined, options = {}, callback = undefined) {
      if (typeof options === "function") return this.stream(inputs, onPart, {}, options);
      return told(this._stream(inputs, onPart, options), callback);
    }

    /** Run it on frames as they come; see `Live`. `onFrame(error, frame)` gets what each has become. */
    live(options = {}, onFrame = () => undefined) {
      if (typeof options === "function") return new Live(this, {}, options);
      return new Live(this, options, onFrame);
    }

    // -- inside -------------------------------------------------------------------------------------------------------

    async _wake(onProgress) {
      let status = await this._json("POST", "/wake");
      while (status.state === "waking") {
        if (onProgress) onProgress(status);
        await this.pause(LOOK_MS);
        status = await this._json("GET", "/status");
      }
      if (status.problem) throw new GessoError(status.problem);
      if (onProgress) onProgress(status);
      return status;
    }

    async _run(inputs, { seed = null, signal } = {}) {
      const body = JSON.stringify({ inputs: await encode(inputs), seed });
      return new Result(await this._json("POST", "/run", { body, signal }));
    }

    async _stream(inputs, onPart, { seed = null, signal, onProgress, onLog, onPreview } = {}) {
      const body = JSON.stringify({ inputs: await encode(inputs), seed });
      const response = await this._ask("POST", "/run", { body, signal, accept: "text/event-stream" });
      try {
        for await (const message of events(response.body)) {
          if (message.type === "part" && onPart) onPart(message.value, message.output);
          if (message.type === "progress" && onProgress) onProgress(message.fraction, message.text);
          if (message.type === "log" && onLog) onLog(message.text, message.level);
          if (message.type === "preview" && onPreview) onPreview(message.value, message.output, message.data_type);
          if (message.type === "error") throw new GessoError(message);
          if (message.type === "result") return new Result(message);
        }
      } catch (error) {
        throw isA(error, "TypeError") || (error && error.name === "AbortError") ? asError(error) : error;
      }
      throw new GessoError({ code: "interrupted", message: "It broke off in the middle.", hint: "Run it again." });
    }

    async _json(method, path, how) {
      return (await this._ask(method, path, how)).json();
    }

    /** Ask, and where the server says when to come again, come again then; a few times, and never sooner. */
    async _ask(method, path, { body, signal, accept = "application/json" } = {}) {
      const headers = { Accept: accept };
      if (this.token) headers.Authorization = `Bearer ${this.token}`;
      if (body !== undefined) headers["Content-Type"] = "application/json";
      for (let tries = 1; ; tries += 1) {
        let response;
        try {
          response = await fetch(this.url + path, { method, headers, body, signal });
        } catch (error) {
          throw asError(error);
        }
        if (response.ok) return response;
        const wait = Number.parseFloat(response.headers.get("Retry-After"));
        const mayTry = (response.status === 429 || response.status === 503) && wait <= LONGEST_WAIT_S;
        if (!mayTry || tries >= MOST_TRIES) throw await refusal(response);
        await this.pause(1000 * Math.max(SHORTEST_WAIT_S, wait), signal);
      }
    }

    /** Wait for some milliseconds. */
    pause(ms, signal = undefined) {
      return new Promise((resolve, reject) => {
        const timer = setTimeout(resolve, ms);
        if (!signal) return;
        signal.addEventListener("abort", () => {
          clearTimeout(timer);
          reject(asError({ name: "AbortError" }));
        });
      });
    }
  }

  async function refusal(response) {
    let said = {};
    try {
      said = await response.json();
    } catch {
      // not Gesso's own words: perhaps a proxy's
    }
    const message = said.message || `The server answered ${response.status}.`;
    return new GessoError({ code: said.code || "http", message, hint: said.hint || "", status: response.status });
  }

  /** Yield the server-sent events of a body, each as the JSON that it is. */
  async function* events(body) {
    const reader = body.getReader();
    const decoder = new TextDecoder();
    let rest = "";
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        const lines = (rest + decoder.decode(value, { stream: true })).split("\n");
        rest = lines.pop();
        for (const line of lines) if (line.startsWith("data:")) yield JSON.parse(line.slice(5));
      }
    } finally {
      reader.cancel().catch(() => undefined); // whoever stops listening stops the run
    }
  }

  // -- live -----------------------------------------------------------------------------------------------------------

  /**
   * A model on the frames of a camera. The newest frame wins: what comes while others are worked on is replaced.
   *
   * `options`: `source` (a video, canvas, p5's camera, or a function that returns one) is looked at `fps` times a second;
   * without it, `send` pictures yourself. `frame` names the input that they are, `inputs` are the others, `output` the
   * picture that comes back, `format` (jpeg, png, webp) and `quality` (1..100) how; `size` is the longest side that is
   * sent. `onProgress(fraction, text)` hears how the model wakes.
   *
   * A frame has `outputs`, `picture` (an ImageBitmap, or null), `number`, `dropped` and `timings` in milliseconds.
   */
  class Live {
    constructor(model, options, onFrame) {
      this._options = { fps: 30, size: 640, ...options };
      this._onFrame = onFrame;
      this._sent = 0;
      this._answered = 0;
      this._next = null;
      this._result = null;
      this._last = null;
      this.isReady = false;
      this.isClosed = false;
      this._open(model).catch((error) => this._end(asError(error)));
    }

    /** Send a picture as the next frame. It replaces one that waits. */
    async send(source) {
      const { size } = this._options;
      this._next = await picture(source, { type: "image/jpeg", quality: 0.85, size });
      this._flush();
    }

    /** Change inputs for all frames from now on. */
    async change(inputs) {
      const message = JSON.stringify({ inputs: await encode(inputs) });
      if (this.isReady) this._socket.send(message);
      else this._options.inputs = { ...this._options.inputs, ...inputs };
    }

    /** End it. Nothing comes any more. */
    close() {
      this.isClosed = true;
      if (this._socket) this._socket.close();
    }

    async _open(model) {
      const { frame, inputs = {}, output, format, quality, seed } = this._options;
      const said = { inputs: await encode(inputs), frame, output, format, quality, seed };
      if (model.token) said.token = model.token;
      if (this.isClosed) return;
      this._socket = new WebSocket(`${model.url.replace(/^http/, "ws")}/live`);
      this._socket.binaryType = "blob";
      this._socket.onopen = () => this._socket.send(JSON.stringify(said));
      this._socket.onmessage = ({ data }) => (typeof data === "string" ? this._hear(JSON.parse(data)) : this._see(data));
      this._socket.onclose = () => this._end(this._last || new GessoError({
        code: "closed",
        message: "The live connection has ended.",
        hint: "Does Gesso still run, and is the token one for this page?",
      }));
    }

    _hear(message) {
      const { onProgress } = this._options;
      if (message.type === "progress" && onProgress) onProgress(message.fraction, message.text);
      if (message.type === "ready") {
        this.isReady = true;
        if (this._options.source) this._look();
        this._flush();
      }
      if (message.type === "result" && message.picture) this._result = message;
      else if (message.type === "result") this._tell(message, null);
      if (message.type === "error") this._complain(message);
    }

    async _see(blob) {
      const message = this._result;
      const shown = typeof createImageBitmap === "function" ? await createImageBitmap(blob).catch(() => null) : blob;
      this._tell(message, shown);
    }

    _tell(message, shown) {
      this._answered = Math.max(this._answered, message.frame);
      this._flush();
      if (this.isClosed) return;
      const { outputs, frame, dropped, timings_ms: timings } = message;
      this._onFrame(null, { outputs, picture: shown, number: frame, dropped, timings });
    }

    _complain(message) {
      const error = new GessoError(message);
      if (message.frame) {
        this._answered = Math.max(this._answered, message.frame);
        this._flush();
        if (!this.isClosed) this._onFrame(error, null);
      } else if (this.isReady) {
        this._onFrame(error, null);
        this._last = error;
      } else {
        this._last = error; // the connection ends right after it
      }
    }

    _flush() {
      const isOpen = this.isReady && this._socket.readyState === 1;
      if (!isOpen || this._next === null || this._sent - this._answered >= MOST_UNDER_WAY) return;
      this._socket.send(this._next);
      this._next = null;
      this._sent += 1;
    }

    async _look() {
      const { source, fps } = this._options;
      while (!this.isClosed) {
        const now = bare(typeof source === "function" ? source() : source);
        const isThere = now && (now.readyState === undefined || now.readyState >= 2);
        if (isThere && this._sent - this._answered < MOST_UNDER_WAY) {
          try {
            await this.send(now);
          } catch (error) {
            this._end(asError(error));
          }
        }
        await new Promise((resolve) => setTimeout(resolve, 1000 / fps));
      }
    }

    _end(error) {
      if (this.isClosed) return;
      this.close();
      this._onFrame(error, null);
    }
  }

  const gesso = { Model, Live, Result, GessoError, camera, image, picture };
  globalThis.gesso = gesso;
  if (typeof module === "object" && module.exports) module.exports = gesso;
})();
