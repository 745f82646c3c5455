/** The course of a training as it is shown: pure functions of what the server tells. */

import type { CurvePoint, Dataset, SampleText, Training } from "@/api/types";
import { duration } from "@/ui/amounts";
import type { Line } from "@/ui/line-chart";

export const OVER = new Set<Training["status"]>(["succeeded", "failed", "canceled"]);
export const isOver = ({ status }: Pick<Training, "status">): boolean => OVER.has(status);

/** How a training stands, in a word; also what it was told and has not done yet. */
export function standing({ status, wanted }: Pick<Training, "status" | "wanted">): string {
  if (status === "processing" && wanted === "pause") return "Pausing";
  if (status === "processing" && wanted === "finish") return "Finishing";
  return { queued: "Waiting", starting: "Getting ready", processing: "Learning", paused: "Paused", succeeded: "Done", failed: "Broke off", canceled: "Canceled" }[status];
}

/** From where on to ask again: of the last step there may be more to come. */
export const askAfter = (known: readonly { step: number }[]): number => (known.at(-1)?.step ?? 0) - 1;

/** What is known with what was told anew after a step. A run that goes on from a checkpoint takes back what came after. */
export const joined = <One extends { step: number }>(known: readonly One[], fresh: readonly One[], afterStep: number): One[] =>
  [...known.filter(({ step }) => step <= afterStep), ...fresh];

/** Seconds until the end, as long as it can be told. */
export function secondsLeft({ plan, latest, status }: Training, now?: CurvePoint): number | null {
  if (!plan || plan.steps < 1 || !["processing", "paused", "starting", "queued"].includes(status)) return null;
  const step = now?.step ?? latest?.step ?? 0;
  const elapsed = now?.elapsed_s ?? latest?.elapsed_s;
  if (!elapsed || step < 1) return plan.estimate_s;
  return (elapsed / step) * Math.max(0, plan.steps - step);
}

/** 130 -> "2 minutes", 20 -> "20 seconds", 5400 -> "1.5 hours": as people say it. */
export function roughly(seconds: number): string {
  if (seconds < 10) return "a few seconds";
  if (seconds < 90) return `${String(Math.round(seconds / 10) * 10)} seconds`;
  if (seconds < 5400) return `${String(Math.round(seconds / 60))} minutes`;
  return `${(seconds / 3600).toFixed(seconds < 36_000 ? 1 : 0).replace(/\.0$/, "")} hours`;
}

export const lossLines = (points: readonly CurvePoint[]): Line[] => [
  { name: "Loss", look: "thin", points: points.flatMap(({ step, loss }) => (loss === null ? [] : [{ x: step, y: loss }])) },
  { name: "On what is held out", look: "main", points: points.flatMap(({ step, heldout_loss }) => (heldout_loss === null ? [] : [{ x: step, y: heldout_loss }])) },
];

/** The steps at which there are samples, and the seeds that they have. */
export const stepsOf = (samples: readonly SampleText[]): number[] => [...new Set(samples.map(({ step }) => step))].sort((one, other) => one - other);
export const seedsOf = (samples: readonly SampleText[]): number[] => [...new Set(samples.map(({ seed }) => seed))];

/** What a share of memorised text means. */
export function memorisedWords(share: number): string {
  if (share < 0.01) return "It writes in its own words.";
  if (share < 0.1) return "Mostly its own words, with a borrowed turn now and then.";
  if (share < 0.4) return "A good part of what it writes stands in your text. More text, or fewer steps, would free it.";
  return "It mostly recites your text. It needs more text, or fewer steps.";
}

/** What "loss" means here: how sure it is of the next piece of text. */
export const perplexityWords = (loss: number): string => `On average it wavers between ${Math.exp(loss).toFixed(Math.exp(loss) < 10 ? 1 : 0)} ways to go on.`;

/** 12345 -> "12.3 thousand": how many numbers a model has. */
export function many(count: number): string {
  if (count < 10_000) return count.toLocaleString();
  if (count < 1e6) return `${(count / 1e3).toFixed(count < 1e5 ? 1 : 0)} thousand`;
  return count < 1e9 ? `${(count / 1e6).toFixed(count < 1e8 ? 1 : 0)} million` : `${(count / 1e9).toFixed(1)} billion`;
}

export const heldoutShare = ({ heldout_characters, characters }: Dataset): number => (characters ? heldout_characters / characters : 0);

/** 0.0512 -> "5.1 %" */
export const percent = (share: number): string => `${share > 0 && share < 0.1 ? (share * 100).toFixed(1) : String(Math.round(share * 100))} %`;

/** How long it took in all. */
export const took = ({ started_at, completed_at }: Training): string | null =>
  started_at && completed_at ? duration((Date.parse(completed_at) - Date.parse(started_at)) / 1000) : null;
