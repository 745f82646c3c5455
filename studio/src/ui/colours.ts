/** Colours that are told apart, for labels and marks. */

// Those of labels that have none are Runway's, as in types/segmentation.py: the picture that is painted here is read
// there by its colours, so both make the same.
const FIRST = ["#d60000", "#8c3bff", "#018700", "#00acc6", "#97ff00", "#ff7ed1", "#6b004f", "#ffa52f"];

/** Bright enough to be seen on any picture with a dark edge around them. */
export const MARKS = ["#ffb000", "#5cc8ff", "#ff7ed1", "#8ee05a", "#ff8466", "#c9a0ff", "#4fe0c0", "#f4f06a"];

export const markOf = (index: number): string => MARKS[index % MARKS.length] ?? "#ffb000";

type Rgb = [number, number, number];

/** The colour of each label, given or made: the same algorithm as `_distinct_colours` in types/segmentation.py. */
export function palette(labels: string[], given: Record<string, string>): Record<string, string> {
  const known = new Map(Object.entries(given).map(([label, colour]) => [label, colour.toLowerCase()]));
  const made = distinct(labels.filter((label) => !known.has(label)).length, [...known.values()]);
  return Object.fromEntries(labels.map((label) => [label, known.get(label) ?? made.shift() ?? "#808080"]));
}

// 17 steps of each of red, green and blue, in numpy's order (of meshgrid: green, red, blue), halves to the even number.
const STEPS = Array.from({ length: 17 }, (_, index) => (index === 8 ? 128 : Math.round((index * 255) / 16)));
const GRID: Rgb[] = STEPS.flatMap((green) => STEPS.flatMap((red) => STEPS.map((blue): Rgb => [red, green, blue])));

function distinct(count: number, taken: string[]): string[] {
  const made = FIRST.filter((colour) => !taken.includes(colour)).slice(0, count);
  if (made.length === count) return made;
  const distances = GRID.map((colour) => Math.min(...["#000000", "#ffffff", ...taken, ...made].map((one) => apart(colour, rgb(one)))));
  while (made.length < count) {
    const farthest = distances.reduce((best, distance, index) => (distance > (distances[best] ?? 0) ? index : best), 0);
    const [red, green, blue] = GRID[farthest] ?? [0, 0, 0];
    made.push(`#${[red, green, blue].map((part) => part.toString(16).padStart(2, "0")).join("")}`);
    GRID.forEach((colour, index) => {
      distances[index] = Math.min(distances[index] ?? 0, apart(colour, [red, green, blue]));
    });
  }
  return made;
}

export const rgb = (colour: string): Rgb => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16)) as Rgb;

/** Distances as eyes see them, roughly (T. Riemersma's "redmean"). */
function apart([red, green, blue]: Rgb, [red2, green2, blue2]: Rgb): number {
  const mean = (red + red2) / 2 / 256;
  return (2 + mean) * (red - red2) ** 2 + 4 * (green - green2) ** 2 + (3 - mean) * (blue - blue2) ** 2;
}
