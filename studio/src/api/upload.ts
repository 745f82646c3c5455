/** Files on their way to the server: small ones in one go, large ones in parts that go on where a connection broke. */

import { AwayError, BASE, GATEWAY, RefusedError, ask, one, query, refusal } from "./client";
import type { OpenUpload, StoredFile } from "./types";

/** How far a file is: 0..1, and whether it waits for a server that is away. */
export interface Sent {
  fraction: number;
  isWaiting: boolean;
}

interface UploadWay {
  onProgress?: (sent: Sent) => void;
  signal?: AbortSignal | undefined;
}

/** Files above this go in parts. */
export const LARGE_BYTES = 8 * 1024 * 1024;

const PART_BYTES = 32 * 1024 * 1024;
const AGAIN_MS = 1_000;
const STALLED_MS = 30_000; // the server gives up after as long

/** Send a file to the server. `signal` cancels it: the promise is then rejected with an `AbortError`. */
export function upload(file: File, way: UploadWay = {}): Promise<StoredFile> {
  return file.size > LARGE_BYTES ? inParts(file, way) : whole(file, way);
}

interface Sending extends Pick<UploadWay, "signal"> {
  headers?: Record<string, string>;
  onSent: (bytes: number) => void;
}

/** Send bytes; `fetch` does not say how much of a body has been sent. */
function send<T>(method: string, path: string, body: Blob, { headers = {}, onSent, signal }: Sending): Promise<T> {
  const request = new XMLHttpRequest();
  let clock = 0;
  const watch = () => {
    clearTimeout(clock);
    clock = window.setTimeout(() => { request.abort(); }, STALLED_MS);
  };
  const cancel = () => { request.abort(); };
  const sent = new Promise<T>((resolve, reject) => {
    request.open(method, BASE + path);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => {
      watch();
      onSent(event.loaded);
    };
    request.upload.onload = () => { clearTimeout(clock); }; // the answer may take its time
    request.onerror = () => { reject(new AwayError()); };
    request.onabort = () => { reject(signal?.aborted ? aborted() : new AwayError()); };
    request.onload = () => {
      if (GATEWAY.has(request.status)) reject(new AwayError());
      else if (request.status < 300) resolve(JSON.parse(request.responseText) as T);
      else void refusal(new Response(request.responseText, { status: request.status })).then(reject);
    };
    signal?.addEventListener("abort", cancel);
    request.send(body);
    watch();
  });
  return sent.finally(() => {
    clearTimeout(clock);
    signal?.removeEventListener("abort", cancel);
  });
}

const aborted = () => new DOMException("The upload was canceled.", "AbortError");

async function whole(file: File, { onProgress, signal }: UploadWay): Promise<StoredFile> {
  if (signal?.aborted) throw aborted();
  return send<StoredFile>("POST", `/files${query({ name: file.name })}`, file.slice(), {
    signal,
    headers: { "Content-Type": "application/octet-stream" },
    onSent: (bytes) => onProgress?.({ fraction: bytes / Math.max(1, file.size), isWaiting: false }),
  });
}

/** Send a file in parts, and go on by itself when the connection breaks or the server is away for a while. */
async function inParts(file: File, { onProgress, signal }: UploadWay): Promise<StoredFile> {
  const tell = (bytes: number, isWaiting = false) => onProgress?.({ fraction: bytes / file.size, isWaiting });
  let offset = 0;
  for (;;) {
    let id: string | undefined;
    try {
      const open = (await begunBefore(file)) ?? (await begin(file));
      id = open.id;
      offset = open.offset_bytes;
      tell(offset);
      while (offset < file.size) offset = (await sendPart(file, open.id, { offset, tell, signal })).offset_bytes;
      const kept = await ask<StoredFile>("POST", `/uploads/${one(open.id)}/finish`);
      remember(file, null);
      return kept;
    } catch (error) {
      if (signal?.aborted) {
        if (id !== undefined) void drop(file, id);
        throw aborted();
      }
      if (!isPassing(error, id !== undefined)) throw error;
      await checkReadable(file, offset);
      tell(offset, true);
      await pause(AGAIN_MS, signal);
    }
  }
}

interface PartWay extends Pick<UploadWay, "signal"> {
  offset: number;
  tell: (bytes: number) => void;
}

async function sendPart(file: File, id: string, { offset, tell, signal }: PartWay): Promise<OpenUpload> {
  if (signal?.aborted) throw aborted();
  return send<OpenUpload>("PATCH", `/uploads/${one(id)}`, file.slice(offset, offset + PART_BYTES), {
    signal,
    headers: { "Content-Type": "application/octet-stream", "Upload-Offset": String(offset) },
    onSent: (bytes) => { tell(offset + bytes); },
  });
}

const PASSING = new Set(["broken", "slow", "conflict", "not_found"]); // the last: it was forgotten, and begins anew

/** Whether one may try again: the server is away or busy, or has not noticed yet that the connection broke. */
function isPassing(error: unknown, hasBegun: boolean): boolean {
  if (error instanceof AwayError) return true;
  return error instanceof RefusedError && (error.status === 503 || (hasBegun && PASSING.has(error.problem.code)));
}

/** A file that was moved or changed on the disk can be sent no more, however often one tries. */
async function checkReadable(file: File, offset: number): Promise<void> {
  try {
    await file.slice(offset, offset + 1).arrayBuffer();
  } catch {
    throw new Error(`${file.name} cannot be read any more. Was it moved or changed? Choose it again.`);
  }
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, ms);
    const stop = () => {
      clearTimeout(timer);
      reject(aborted());
    };
    if (signal?.aborted) stop();
    else signal?.addEventListener("abort", stop, { once: true });
  });
}

const TRIES = 5;

/** Have the server forget what has come. It may not have noticed yet that no more comes. */
async function drop(file: File, id: string): Promise<void> {
  remember(file, null);
  for (let count = 0; count < TRIES; count += 1) {
    try {
      await ask<undefined>("DELETE", `/uploads/${one(id)}`);
      return;
    } catch {
      await pause(AGAIN_MS, undefined); // after the last try it is forgotten in a day
    }
  }
}

// -- uploads that were begun, by their file: also one that the page was closed over goes on when it is chosen again -------

const KEY = "gesso.uploads";
const MOST_KEPT = 20;

const nameOf = (file: File) => `${file.name} ${String(file.size)} ${String(file.lastModified)}`;

function begun(): [string, string][] {
  try {
    return Object.entries(JSON.parse(localStorage.getItem(KEY) ?? "{}") as Record<string, string>);
  } catch {
    return [];
  }
}

function remember(file: File, id: string | null): void {
  const others = begun().filter(([name]) => name !== nameOf(file));
  const all = id === null ? others : [...others, [nameOf(file), id] as [string, string]].slice(-MOST_KEPT);
  localStorage.setItem(KEY, JSON.stringify(Object.fromEntries(all)));
}

async function begunBefore(file: File): Promise<OpenUpload | null> {
  const id = Object.fromEntries(begun())[nameOf(file)];
  if (id === undefined) return null;
  try {
    const open = await ask<OpenUpload>("GET", `/uploads/${one(id)}`);
    return open.size_bytes === file.size ? open : null;
  } catch (error) {
    if (error instanceof RefusedError && error.status === 404) return null;
    throw error;
  }
}

async function begin(file: File): Promise<OpenUpload> {
  const open = await ask<OpenUpload>("POST", "/uploads", { name: file.name, size_bytes: file.size });
  remember(file, open.id);
  return open;
}
