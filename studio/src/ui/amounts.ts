/** Amounts in words: sizes, times, how long ago. */

const UNITS = ["B", "kB", "MB", "GB", "TB"];

/** 1536 -> "1.5 kB" */
export function size(bytes: number): string {
  const step = Math.min(UNITS.length - 1, bytes < 1 ? 0 : Math.floor(Math.log10(bytes) / 3));
  const amount = bytes / 1000 ** step;
  return `${amount >= 100 || step === 0 ? String(Math.round(amount)) : amount.toFixed(1)} ${UNITS[step] ?? ""}`;
}

/** 0.032 -> "32 ms", 75 -> "1 min 15 s" */
export function duration(seconds: number): string {
  if (seconds < 0.0005) return "under 1 ms";
  if (seconds < 1) return `${String(Math.round(seconds * 1000))} ms`;
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
  if (seconds < 3600) return `${String(Math.floor(seconds / 60))} min ${String(Math.round(seconds % 60))} s`;
  return `${String(Math.floor(seconds / 3600))} h ${String(Math.round((seconds % 3600) / 60))} min`;
}

/** "just now", "5 min ago", "14:02", "3 Mar, 14:02" */
export function ago(iso: string, now: number = Date.now()): string {
  const then = new Date(iso);
  const seconds = (now - then.getTime()) / 1000;
  if (seconds < 45) return "just now";
  if (seconds < 3600) return `${String(Math.max(1, Math.round(seconds / 60)))} min ago`;
  const clock = then.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  if (new Date(now).toDateString() === then.toDateString()) return clock;
  return `${then.toLocaleDateString([], { day: "numeric", month: "short" })}, ${clock}`;
}

/** 1, "box" -> "1 box"; 2, "box", "boxes" -> "2 boxes" */
export const counted = (count: number, one: string, many = `${one}s`): string => `${String(count)} ${count === 1 ? one : many}`;

/** A number as short as it can be without lying. */
export function plainNumber(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(6)));
}
