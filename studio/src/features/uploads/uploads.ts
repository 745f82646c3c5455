/** Files that are on their way to the server, and for which bench. */

import { create } from "zustand";
import { api } from "@/api/client";
import type { Sent } from "@/api/upload";
import { LARGE_BYTES, upload } from "@/api/upload";
import { urlOf } from "@/features/jobs/shown";
import type { FileValue, Tools } from "@/widgets/widget";

export interface Upload extends Sent {
  id: number;
  /** The model on whose bench it will lie. */
  model: string;
  name: string;
  size_bytes: number;
  cancel: () => void;
  /** Settled when it is over, well or not. */
  done: Promise<FileValue>;
}

interface Uploads {
  all: Upload[];
}

export const useUploads = create<Uploads>(() => ({ all: [] }));

let next = 1;

function change(id: number, sent: Sent): void {
  useUploads.setState(({ all }) => ({ all: all.map((one) => (one.id === id ? { ...one, ...sent } : one)) }));
}

function begin(model: string, file: File, onProgress: ((fraction: number) => void) | undefined): Promise<FileValue> {
  const id = next++;
  const canceling = new AbortController();
  const done = upload(file, {
    signal: canceling.signal,
    onProgress: (sent) => {
      change(id, sent);
      onProgress?.(sent.fraction);
    },
  }).finally(() => {
    useUploads.setState(({ all }) => ({ all: all.filter((one) => one.id !== id) }));
  });
  const added = { id, model, name: file.name, size_bytes: file.size, fraction: 0, isWaiting: false, cancel: () => { canceling.abort(); }, done };
  useUploads.setState(({ all }) => ({ all: [...all, added] }));
  return done;
}

/** What the widgets of a model's bench work with. */
export const toolsOf = (model: string): Tools => ({
  urlOf,
  upload: (file, onProgress) => begin(model, file, onProgress),
  fetch: (url) => api.fetchFile(url),
});

const under = (model: string) => useUploads.getState().all.filter((one) => one.model === model);

/** Whether files are on their way to a model's bench. */
export const areUnderWay = (model: string): boolean => under(model).length > 0;

/** Wait until all files of a model's bench are there; false if one did not come. */
export async function allThere(model: string): Promise<boolean> {
  while (areUnderWay(model)) {
    const ends = await Promise.allSettled(under(model).map(({ done }) => done));
    if (ends.some(({ status }) => status === "rejected")) return false;
    await new Promise((resolve) => setTimeout(resolve)); // the widgets put their files on the bench first
  }
  return true;
}

/** Those large enough to be worth words of their own. */
export const useLarge = (model?: string): Upload[] =>
  useUploads((uploads) => uploads.all).filter((one) => one.size_bytes > LARGE_BYTES && (model === undefined || one.model === model));
