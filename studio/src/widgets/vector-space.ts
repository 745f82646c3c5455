/** Places in a space of many numbers: drawn at random, walked through, and mixed of others. Arithmetic only. */

export interface Space {
  length: number;
  mean: number;
  std: number;
  /** What no number goes below or above, if there is such. */
  ge: number | undefined;
  le: number | undefined;
}

/** A place that somebody wants to find again, and where it stands on the map. */
export interface SavedPoint {
  name: string;
  numbers: number[];
  x: number;
  y: number;
}

const DIGITS = 4;
const PULL = 0.02; // how strongly a walk is drawn back to the mean, so that it does not leave what a model knows
const KEPT = 0.85; // of its direction, from step to step

/** A number as it may be in a space. */
export const clipped = (number: number, { ge, le }: Space): number => Math.min(le ?? Infinity, Math.max(ge ?? -Infinity, Number(number.toFixed(DIGITS))));

/** A number from the normal distribution (Box and Muller, 1958). */
export const normal = (random: () => number = Math.random): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

export const meanOf = (space: Space): number[] => new Array<number>(space.length).fill(clipped(space.mean, space));

export const drawn = (space: Space, random?: () => number): number[] => Array.from({ length: space.length }, () => clipped(space.mean + space.std * normal(random), space));

/** A neighbour: each number a little off, by `size` of the spread. */
export const stepped = (numbers: readonly number[], size: number, space: Space, random?: () => number): number[] => numbers.map((number) => clipped(number + size * space.std * normal(random), space));

/** One step of a walk, which goes on about as it went, and the direction for the next. */
export function walked(numbers: readonly number[], direction: readonly number[], size: number, space: Space, random?: () => number): { numbers: number[]; direction: number[] } {
  const next = numbers.map((_, index) => KEPT * (direction[index] ?? normal(random)) + Math.sqrt(1 - KEPT ** 2) * normal(random));
  return { numbers: numbers.map((number, index) => clipped(number + size * space.std * (next[index] ?? 0) - PULL * (number - space.mean), space)), direction: next };
}

/** How much of each point there is at a spot of the map: the nearer, the more (D. Shepard, 1968). On a point it is all. */
export function sharesAt(points: readonly SavedPoint[], spot: { x: number; y: number }): number[] {
  const distances = points.map(({ x, y }) => (x - spot.x) ** 2 + (y - spot.y) ** 2);
  const here = distances.findIndex((distance) => distance < 1e-9);
  if (here >= 0) return points.map((_, index) => Number(index === here));
  const weights = distances.map((distance) => 1 / distance);
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

/** What lies at a spot of the map, between the points. */
export function mixed(points: readonly SavedPoint[], spot: { x: number; y: number }, space: Space): number[] {
  const shares = sharesAt(points, spot);
  return Array.from({ length: space.length }, (_, index) => clipped(points.reduce((total, { numbers }, at) => total + (shares[at] ?? 0) * (numbers[index] ?? 0), 0), space));
}

const SPOTS = [0.15, 0.85, 0.5, 0.325, 0.675].flatMap((y) => [0.15, 0.85, 0.5, 0.325, 0.675].map((x) => ({ x, y })));

/** Where on the map there is most room for another point. */
export function freeSpot(points: readonly SavedPoint[]): { x: number; y: number } {
  const room = (spot: { x: number; y: number }) => Math.min(...points.map(({ x, y }) => Math.hypot(x - spot.x, y - spot.y)));
  return SPOTS.reduce((best, spot) => (room(spot) > room(best) ? spot : best), SPOTS[0] ?? { x: 0.5, y: 0.5 });
}

/** The first of A, B, ... Z, A2, B2, ... that none has. */
export function freeName(points: readonly SavedPoint[]): string {
  const taken = new Set(points.map(({ name }) => name));
  for (let index = 0; ; index += 1) {
    const name = String.fromCharCode(65 + (index % 26)) + (index < 26 ? "" : String(Math.floor(index / 26) + 1));
    if (!taken.has(name)) return name;
  }
}
