/** From numbers to places on a chart, and the round numbers beside its axes. */

const ROUND = [1, 2, 5, 10];

/** Round numbers from `low` to `high`, about as many as are asked for. */
export function ticks(low: number, high: number, about: number): number[] {
  const span = high - low;
  if (!(span > 0) || about < 1) return [low];
  const rough = span / about;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = (ROUND.find((one) => one * power >= rough * 0.999) ?? 10) * power;
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)));
}

/** Round numbers for a scale on which each step multiplies; on a short one, those of a plain scale. */
export function logTicks(low: number, high: number, about: number): number[] {
  const found: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) {
    for (const one of [1, 2, 5]) {
      const value = Number((one * 10 ** power).toPrecision(12));
      if (value >= low && value <= high) found.push(value);
    }
  }
  return found.length < 3 ? ticks(low, high, about) : found;
}

export interface Scale {
  low: number;
  high: number;
  isLog: boolean;
}

/** Where a value lies between the ends of a scale: 0..1. */
export function partOf(value: number, { low, high, isLog }: Scale): number {
  if (!(high > low)) return 0.5;
  return isLog ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
}

/** A scale that shows all of some values, with a little air. */
export function scaleOf(values: readonly number[], isLog: boolean): Scale {
  const good = values.filter((value) => Number.isFinite(value) && (!isLog || value > 0));
  if (!good.length) return isLog ? { low: 0.1, high: 1, isLog } : { low: 0, high: 1, isLog };
  const low = good.reduce((one, other) => Math.min(one, other));
  const high = good.reduce((one, other) => Math.max(one, other));
  if (isLog) return { low: low / 1.05, high: high * 1.05, isLog };
  const air = (high - low || Math.abs(high) || 1) * 0.06;
  return { low: low >= 0 ? Math.max(0, low - air) : low - air, high: high + air, isLog };
}

/** Of many points, so many that the eye sees no difference; the ends stay. */
export function thinned<Point>(points: readonly Point[], most: number): Point[] {
  if (points.length <= most) return [...points];
  const step = (points.length - 1) / (most - 1);
  return Array.from({ length: most }, (_, index) => points[Math.round(index * step)] as Point);
}
