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
    for (let row = 0; row < height; row += 1) boxed(now, across, { start: row * width, step: 1, count: width, r: radius });
    for (let column = 0; column < width; column += 1) boxed(across, now, { start: column, step: width, count: height, r: radius });
  }
  const made = new Uint8Array((part.right - part.left) * (part.bottom - part.top));
  for (let row = part.top, at = 0; row < part.bottom; row += 1) {
    const start = (row - wide.top) * width + part.left - wide.left;
    for (let column = 0; column < part.right - part.left; column += 1, at += 1) made[at] = Math.round(now[start + column] ?? 0);
  }
  return made;
}

/** The mean of `r` numbers on each side, along one row or column. */
function boxed(from: Float32Array, to: Float32Array, { start, step, count, r }: { start: number; step: number; count: number; r: number }): void {
  const at = (index: number) => from[start + Math.min(count - 1, Math.max(0, index)) * step] ?? 0;
  let sum = 0;
  for (let index = -r; index <= r; index += 1) sum += at(index);
  for (let index = 0; index < count; index += 1) {
    to[start + index * step] = sum / (2 * r + 1);
    sum += at(index + r + 1) - at(index - r);
  }
}
