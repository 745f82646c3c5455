/** Painting on a sheet of small numbers: how much of each pixel is chosen, or which label it has. Arithmetic only. */

export interface Sheet {
  width: number;
  height: number;
  /** Row by row from the top left. */
  values: Uint8Array | Uint16Array;
}

/** A part of a sheet; `right` and `bottom` are the first that do not belong to it. */
export interface Rect {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** Across and down, in pixels of the sheet. */
export type Spot = readonly [number, number];

export interface Brush {
  value: number;
  /** Pixels of the sheet, across. */
  size: number;
}

export const wholeOf = ({ width, height }: Sheet): Rect => ({ left: 0, top: 0, right: width, bottom: height });

/** The smallest part with both in it. */
export function around(one: Rect, other: Rect): Rect {
  return { left: Math.min(one.left, other.left), top: Math.min(one.top, other.top), right: Math.max(one.right, other.right), bottom: Math.max(one.bottom, other.bottom) };
}

/** The part with `margin` more on each side, as far as the sheet goes. */
export function grown({ left, top, right, bottom }: Rect, margin: number, { width, height }: Sheet): Rect {
  return { left: Math.max(0, left - margin), top: Math.max(0, top - margin), right: Math.min(width, right + margin), bottom: Math.min(height, bottom + margin) };
}

/** Put a round brush at each pixel of the line between two spots; what was touched. */
export function stroke(sheet: Sheet, from: Spot, to: Spot, brush: Brush): Rect {
  const length = Math.hypot(to[0] - from[0], to[1] - from[1]);
  const count = Math.max(1, Math.ceil(length / Math.max(1, brush.size / 4)));
  let touched = dab(sheet, from, brush);
  for (let index = 1; index <= count; index += 1) {
    const part = index / count;
    touched = around(touched, dab(sheet, [from[0] + (to[0] - from[0]) * part, from[1] + (to[1] - from[1]) * part], brush));
  }
  return touched;
}

function dab(sheet: Sheet, [x, y]: Spot, { value, size }: Brush): Rect {
  const radius = Math.max(0.71, size / 2); // at least the nearest pixel, wherever between its corners the spot lies
  const touched = grown({ left: Math.floor(x), top: Math.floor(y), right: Math.floor(x) + 1, bottom: Math.floor(y) + 1 }, Math.ceil(radius) + 1, sheet);
  for (let row = touched.top; row < touched.bottom; row += 1) {
    const reach = Math.sqrt(radius ** 2 - (row + 0.5 - y) ** 2); // NaN, and so nothing, above and below
    const first = Math.max(0, Math.ceil(x - reach - 0.5));
    const last = Math.min(sheet.width - 1, Math.floor(x + reach - 0.5));
    if (last >= first) sheet.values.fill(value, row * sheet.width + first, row * sheet.width + last + 1);
  }
  return touched;
}

/** Fill what is like the spot and hangs together with it. Null if nothing changes. */
export function fill(sheet: Sheet, [x, y]: Spot, value: number, isLike: (one: number, other: number) => boolean = Object.is): Rect | null {
  const { width, height, values } = sheet;
  const column = Math.floor(x);
  const line = Math.floor(y);
  const old = values[line * width + column];
  if (column < 0 || column >= width || old === undefined || isLike(old, value)) return null;
  const isOld = (at: number) => isLike(values[at] ?? 0, old);
  let touched: Rect = { left: column, top: line, right: column + 1, bottom: line + 1 };
  const waiting = [line * width + column];
  while (waiting.length) {
    const start = waiting.pop() ?? 0;
    if (!isOld(start)) continue;
    const row = Math.floor(start / width);
    let first = start;
    while (first > row * width && isOld(first - 1)) first -= 1;
    let last = start;
    while (last + 1 < (row + 1) * width && isOld(last + 1)) last += 1;
    values.fill(value, first, last + 1);
    touched = around(touched, { left: first - row * width, top: row, right: last - row * width + 1, bottom: row + 1 });
    for (const next of [row - 1, row + 1]) {
      if (next < 0 || next >= height) continue;
      const shift = (next - row) * width;
      for (let at = first + shift; at <= last + shift; at += 1) {
        if (isOld(at) && (at === first + shift || !isOld(at - 1))) waiting.push(at);
      }
    }
  }
  return touched;
}

/** Fill what lies inside of the corners, where the inside is what an odd number of edges goes around. */
export function polygon(sheet: Sheet, corners: readonly Spot[], value: number): Rect | null {
  if (corners.length < 3) return null;
  const { width, height, values } = sheet;
  const [xs, ys] = [corners.map(([x]) => x), corners.map(([, y]) => y)];
  const [left, right] = [Math.max(0, Math.floor(Math.min(...xs))), Math.min(width, Math.ceil(Math.max(...xs)))];
  const [top, bottom] = [Math.max(0, Math.floor(Math.min(...ys))), Math.min(height, Math.ceil(Math.max(...ys)))];
  for (let row = top; row < bottom; row += 1) {
    const crossings = crossingsOf(corners, row + 0.5);
    for (let at = 0; at + 1 < crossings.length; at += 2) {
      const first = Math.max(0, Math.ceil((crossings[at] ?? 0) - 0.5));
      const last = Math.min(width - 1, Math.ceil((crossings[at + 1] ?? 0) - 0.5) - 1);
      if (last >= first) values.fill(value, row * width + first, row * width + last + 1);
    }
  }
  return left < right && top < bottom ? { left, top, right, bottom } : null;
}

function crossingsOf(corners: readonly Spot[], y: number): number[] {
  const found = corners.flatMap(([x1, y1], index) => {
    const [x2, y2] = corners[(index + 1) % corners.length] ?? [x1, y1];
    return y1 <= y === y2 <= y ? [] : [x1 + ((y - y1) / (y2 - y1)) * (x2 - x1)];
  });
  return found.sort((one, other) => one - other);
}
