/** Files on their way to become a dataset; what they were is kept, so that another column of them can be taken. */

import { create } from "zustand";
import { api, problemOf } from "@/api/client";
import type { Dataset, Problem, StoredFile } from "@/api/types";
import { upload } from "@/api/upload";
import { queries } from "@/features/connection/queries";
import { columnsOf, nameOf, taken } from "./texts";

const AT_ONCE = 4;
const LOOKED_AT_BYTES = 64_000;

interface Making {
  /** How much has been sent, 0..1; null when nothing is on its way. */
  fraction: number | null;
  files: number;
  problem: Problem | null;
  /** What was made of the files below. */
  made: string | null;
  kept: { blob: string; name: string }[];
  columns: string[];
  column: string;
  leftOut: string[];
}

const NOTHING: Making = { fraction: null, files: 0, problem: null, made: null, kept: [], columns: [], column: "", leftOut: [] };

export const useMaking = create<Making>(() => NOTHING);

async function columnsIn(files: readonly File[]): Promise<string[]> {
  const found = await Promise.all(files.slice(0, 20).map(async (file) => columnsOf(file.name, await file.slice(0, LOOKED_AT_BYTES).text())));
  return [...new Set(found.flat())].slice(0, 100);
}

/** Send files, a few at a time, and keep the names that they have in their folder. */
async function sendAll(files: readonly File[]): Promise<{ blob: string; name: string }[]> {
  const total = files.reduce((sum, file) => sum + file.size, 0) || 1;
  const sent = files.map(() => 0);
  const kept: { blob: string; name: string }[] = [];
  let next = 0;
  const work = async () => {
    for (let index = next++; index < files.length; index = next++) {
      const file = files[index] as File;
      const stored: StoredFile = await upload(file, {
        onProgress: ({ fraction }) => {
          sent[index] = fraction * file.size;
          useMaking.setState({ fraction: sent.reduce((sum, bytes) => sum + bytes, 0) / total });
        },
      });
      kept[index] = { blob: stored.blob, name: nameOf(file) };
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, files.length) }, work));
  return kept;
}

async function make(kept: Making["kept"], column: string): Promise<Dataset | null> {
  try {
    const made = await api.createDataset({ files: kept, ...(column ? { column } : {}) });
    useMaking.setState({ fraction: null, problem: null, made: made.digest, column: column || (made.columns[0] ?? "") });
    queries.setQueryData<Dataset[]>(["datasets"], (before) => [made, ...(before ?? []).filter(({ digest }) => digest !== made.digest)]);
    return made;
  } catch (error) {
    useMaking.setState({ fraction: null, problem: problemOf(error) });
    return null;
  }
}

/** Make a dataset of files; null: it could not be, and `problem` says why. */
export async function makeDataset(chosen: readonly File[]): Promise<Dataset | null> {
  const { files, leftOut } = taken(chosen);
  useMaking.setState({ ...NOTHING, fraction: 0, files: files.length, leftOut });
  if (!files.length) {
    useMaking.setState({ fraction: null, problem: { code: "input", message: "There is no text among these files.", hint: "Plain texts (.txt), Markdown, CSV, TSV or JSONL are read." } });
    return null;
  }
  try {
    useMaking.setState({ columns: await columnsIn(files) });
    useMaking.setState({ kept: await sendAll(files) });
  } catch (error) {
    useMaking.setState({ fraction: null, problem: problemOf(error) });
    return null;
  }
  return make(useMaking.getState().kept, "");
}

/** Make it again with the texts of another column; what was made with the first goes. */
export async function takeColumn(column: string): Promise<Dataset | null> {
  const { kept, made } = useMaking.getState();
  useMaking.setState({ fraction: 1, column });
  const again = await make(kept, column);
  if (again && made !== null && again.digest !== made) {
    await api.deleteDataset(made).catch(() => undefined); // it may be gone already
    await queries.invalidateQueries({ queryKey: ["datasets"] });
  }
  return again;
}
