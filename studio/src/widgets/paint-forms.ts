/** How masks and segmentations look, and what they are in files. */

import { rgb } from "@/ui/colours";
import { feathered } from "@/ui/feather";
import type { Sheet } from "@/ui/paint";
import { wholeOf } from "@/ui/paint";
import type { Shade } from "@/ui/paint-canvas";
import { MOST_COLOURS, png } from "@/ui/png";
import type { PaintForm } from "./use-painting";

type Colour = readonly [number, number, number];

const TINT: Colour = [42, 72, 204]; // the accent, as it is on a light ground

// Four bytes at once: red is the lowest, as on every machine that browsers run on.
const packed = ([red, green, blue]: Colour, alpha = 255): number => ((alpha << 24) | (blue << 16) | (green << 8) | red) >>> 0;

/** A mask: the more is chosen, the stronger its colour. */
export const maskShade: Shade = (painting, part) => {
  const tint = packed(TINT, 0);
  const made = Uint32Array.from(feathered(painting, painting.radius, part));
  for (let at = 0; at < made.length; at += 1) made[at] = ((made[at] ?? 0) << 24) | tint;
  return new Uint8ClampedArray(made.buffer);
};

/** White is chosen; of a picture with transparent parts, what can be seen. As types/mask.py reads it. */
export const maskForm: PaintForm = {
  isSmooth: true,
  blank: (length) => new Uint8Array(length),
  read: ({ data }) => {
    const hasAlpha = data.some((value, at) => at % 4 === 3 && value < 255);
    return Uint8Array.from({ length: data.length / 4 }, (_, at) => (hasAlpha ? data[at * 4 + 3] ?? 0 : brightness(data, at * 4)));
  },
  write: (painting, size) => {
    const soft = { width: painting.width, height: painting.height, values: feathered(painting, painting.radius, wholeOf(painting)) };
    return png({ ...size, kind: "grey", row: smoothRows(soft, size.width, size.height) });
  },
};

const brightness = (data: Uint8ClampedArray, at: number) => Math.round(0.299 * (data[at] ?? 0) + 0.587 * (data[at + 1] ?? 0) + 0.114 * (data[at + 2] ?? 0));

/** Segmentations, whose values are places in a list of labels. The first lies below everything: over a picture it is not seen. */
export function labelShade(colours: readonly string[], isGroundSeen: boolean): Shade {
  const seen = colours.map((colour) => packed(rgb(colour)));
  const clear = [0, ...seen.slice(1)];
  return ({ values, width, isNothing }, { left, top, right, bottom }) => {
    const table = isGroundSeen && !isNothing ? seen : clear;
    const made = new Uint32Array((right - left) * (bottom - top));
    let at = 0;
    for (let row = top; row < bottom; row += 1) {
      for (let column = left; column < right; column += 1, at += 1) made[at] = table[values[row * width + column] ?? 0] ?? 0;
    }
    return new Uint8ClampedArray(made.buffer);
  };
}

/** In the labels' colours; without labels the numbers themselves, in grey. As types/segmentation.py reads them. */
export function labelForm(colours: readonly string[], hasLabels: boolean): PaintForm {
  const table = colours.map((colour) => rgb(colour));
  return {
    isSmooth: false,
    blank: (length) => (colours.length > MOST_COLOURS ? new Uint16Array(length) : new Uint8Array(length)),
    read: ({ data }) => {
      const near = hasLabels ? nearest(table) : (red: number) => Math.min(red, colours.length - 1);
      const length = data.length / 4;
      const make = (_: unknown, at: number) => near(data[at * 4] ?? 0, data[at * 4 + 1] ?? 0, data[at * 4 + 2] ?? 0);
      return colours.length > MOST_COLOURS ? Uint16Array.from({ length }, make) : Uint8Array.from({ length }, make);
    },
    write: (painting, size) => {
      const rows = plainRows(painting, size.width, size.height);
      const bytes = (index: number) => new Uint8Array(rows(index));
      if (!hasLabels) return png({ ...size, kind: "grey", row: bytes });
      if (colours.length <= MOST_COLOURS) return png({ ...size, kind: "numbers", colours: table, row: bytes });
      return png({ ...size, kind: "rgb", row: (index) => Uint8Array.from([...rows(index)].flatMap((value) => table[value] ?? [0, 0, 0])) });
    },
  };
}

/** Which of the colours is nearest, remembered: a picture has few. */
function nearest(table: readonly Colour[]): (red: number, green: number, blue: number) => number {
  const found = new Map<number, number>();
  return (red, green, blue) => {
    const colour = (red << 16) | (green << 8) | blue;
    const known = found.get(colour);
    if (known !== undefined) return known;
    const distances = table.map(([r, g, b]) => (r - red) ** 2 + (g - green) ** 2 + (b - blue) ** 2);
    const best = distances.indexOf(Math.min(...distances));
    found.set(colour, best);
    return best;
  };
}

/** Rows of a sheet, made as large as a picture: each pixel is what lies below its middle. */
export function plainRows({ width, height, values }: Sheet, toWidth: number, toHeight: number): (row: number) => Sheet["values"] {
  if (width === toWidth && height === toHeight) return (row) => values.subarray(row * width, (row + 1) * width);
  const columns = Uint32Array.from({ length: toWidth }, (_, column) => Math.min(width - 1, Math.floor(((column + 0.5) * width) / toWidth)));
  const made = values instanceof Uint16Array ? new Uint16Array(toWidth) : new Uint8Array(toWidth);
  return (row) => {
    const start = Math.min(height - 1, Math.floor(((row + 0.5) * height) / toHeight)) * width;
    for (let column = 0; column < toWidth; column += 1) made[column] = values[start + (columns[column] ?? 0)] ?? 0;
    return made;
  };
}

/** Rows of a sheet, made as large as a picture, with what lies between its pixels between their values. */
export function smoothRows({ width, height, values }: { width: number; height: number; values: Uint8Array }, toWidth: number, toHeight: number): (row: number) => Uint8Array {
  if (width === toWidth && height === toHeight) return (row) => values.subarray(row * width, (row + 1) * width);
  const made = new Uint8Array(toWidth);
  const between = (place: number, count: number) => {
    const at = Math.min(count - 1, Math.max(0, place));
    return { low: Math.floor(at), part: at - Math.floor(at) };
  };
  const places = Array.from({ length: toWidth }, (_, column) => between(((column + 0.5) * width) / toWidth - 0.5, width));
  const lows = Uint32Array.from(places, ({ low }) => low);
  const parts = Float32Array.from(places, ({ part }) => part);
  const blended = new Float32Array(width + 1);
  return (row) => {
    const { low, part } = between(((row + 0.5) * height) / toHeight - 0.5, height);
    const [first, second] = [low * width, Math.min(height - 1, low + 1) * width];
    for (let column = 0; column < width; column += 1) blended[column] = (values[first + column] ?? 0) * (1 - part) + (values[second + column] ?? 0) * part;
    blended[width] = blended[width - 1] ?? 0;
    for (let column = 0; column < toWidth; column += 1) {
      const [at, amount] = [lows[column] ?? 0, parts[column] ?? 0];
      made[column] = Math.round((blended[at] ?? 0) * (1 - amount) + (blended[at + 1] ?? 0) * amount);
    }
    return made;
  };
}
