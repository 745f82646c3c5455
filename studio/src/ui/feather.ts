/** Soft edges: three box blurs, which together are nearly a Gaussian one. */

import type { Rect, Sheet } from "./paint";
import { grown } from "./paint";

const PASSES = 3;

/** How far around it a pixel is seen in what is made of it. */
export const reachOf = (radius: number): number => PASSES * radius;

/** A part of a sheet with its edges softened, row by row. What lies beyond the sheet is like its edge. */
export function feathered(sheet: Sheet, radius: number, part: Rect): Uint8Array {
  const wide = grown(part, reachOf(radius), sheet);
  const [width, height] = [wide.right - wide.left, wide.bottom - wide.top];
  const now = new Float32Array(width * height);
  const across = new Float32Array(width * height);
  for (let row = 0; row < height; row += 1) {
    const start = (row + wide.top) * sheet.width + wide.left;
    now.set(sheet.values.subarray(start, start + width), row * width);
  }
  for (let pass = 0; pass < PASSES && radius > 0; pass += 1) {
    for (let row = 0; row < height; row += 1) boxedRow(now.subarray(row * width, (row + 1) * width), across.subarray(row * width, (row + 1) * width), radius);
    boxedColumns(across, now, { width, height, radius });
  }
  const made = new Uint8Array((part.right - part.left) * (part.bottom - part.top));
  for (let row = part.top, at = 0; row < part.bottom; row += 1) {
    const start = (row - wide.top) * width + part.left - wide.left;
    for (let column = 0; column < part.right - part.left; column += 1, at += 1) made[at] = Math.round(now[start + column] ?? 0);
  }
  return made;
}

/** The mean of each number with `radius` on each side. */
function boxedRow(from: Float32Array, to: Float32Array, radius: number): void {
  const last = from.length - 1;
  let sum = 0;
  for (let index = -radius; index <= radius; index += 1) sum += from[Math.min(last, Math.max(0, index))] ?? 0;
  for (let index = 0; index <= last; index += 1) {
    to[index] = sum / (2 * radius + 1);
    sum += (from[Math.min(last, index + radius + 1)] ?? 0) - (from[Math.max(0, index - radius)] ?? 0);
  }
}

/** The same downwards; row by row, because that is how they lie in memory. */
function boxedColumns(from: Float32Array, to: Float32Array, { width, height, radius }: { width: number; height: number; radius: number }): void {
  const sums = new Float64Array(width);
  const add = (row: number, sign: number) => {
    const start = Math.min(height - 1, Math.max(0, row)) * width;
    for (let column = 0; column < width; column += 1) sums[column] = (sums[column] ?? 0) + sign * (from[start + column] ?? 0);
  };
  for (let row = -radius; row <= radius; row += 1) add(row, 1);
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) to[row * width + column] = (sums[column] ?? 0) / (2 * radius + 1);
    add(row + radius + 1, 1);
    add(row - radius, -1);
  }
}
