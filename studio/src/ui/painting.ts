/** A sheet that is painted on, step by step; each step can be taken back, and done again. */

import type { Brush, Rect, Sheet, Spot } from "./paint";
import { around, fill, polygon, stroke, wholeOf } from "./paint";

/** What a part of the sheet was before a step, or after it. */
interface Patch extends Rect {
  values: Uint8Array | Uint16Array;
  isNothing: boolean;
}

const MOST_KEPT_BYTES = 48_000_000; // of steps that can be taken back

export class Painting implements Sheet {
  readonly width: number;
  readonly height: number;
  values: Uint8Array | Uint16Array;
  /** Whether nothing was painted yet, or all was cleared away: then there is no value. */
  isNothing: boolean;
  /** How far its edges are softened, as a part of its longer side. What is painted stays sharp below. */
  softness = 0;
  private past: Patch[] = [];
  private future: Patch[] = [];
  private before: { values: Uint8Array | Uint16Array; touched: Rect; isNothing: boolean } | null = null;
  private readonly listeners = new Set<(touched: Rect) => void>();

  constructor(sheet: Sheet, isNothing: boolean) {
    this.width = sheet.width;
    this.height = sheet.height;
    this.values = sheet.values;
    this.isNothing = isNothing;
  }

  get canUndo(): boolean {
    return this.past.length > 0;
  }

  get canRedo(): boolean {
    return this.future.length > 0;
  }

  /** How far an edge is softened, in pixels: so far reaches each of the blurs that do it. */
  get radius(): number {
    return Math.round((this.softness * Math.max(this.width, this.height)) / 3);
  }

  soften(softness: number): void {
    this.softness = softness;
    this.tell(wholeOf(this));
  }

  /** Hear which part has changed, until the returned function is called. */
  listen(onChange: (touched: Rect) => void): () => void {
    this.listeners.add(onChange);
    return () => this.listeners.delete(onChange);
  }

  stroke(from: Spot, to: Spot, brush: Brush): void {
    this.act(() => stroke(this, from, to, brush));
  }

  fill(spot: Spot, value: number, isLike?: (one: number, other: number) => boolean): void {
    this.act(() => fill(this, spot, value, isLike));
  }

  polygon(corners: readonly Spot[], value: number): void {
    this.act(() => polygon(this, corners, value));
  }

  /** Change each value. */
  map(make: (value: number) => number): void {
    this.act(() => {
      this.values = this.values.map(make);
      return wholeOf(this);
    });
  }

  /** Take everything away. */
  clear(): void {
    this.replace(this.values.map(() => 0), true);
  }

  /** Put something else in its place. */
  replace(values: Sheet["values"], isNothing: boolean): void {
    this.act(() => {
      this.values = values;
      return wholeOf(this);
    });
    this.isNothing = isNothing;
    this.tell(wholeOf(this));
  }

  /** End a step: what was done since the last end is taken back in one. False if nothing was done. */
  settle(): boolean {
    if (!this.before) return false;
    this.past.push(this.cut(this.before.touched, this.before.values, this.before.isNothing));
    while (this.past.length > 1 && this.past.reduce((sum, patch) => sum + patch.values.byteLength, 0) > MOST_KEPT_BYTES) this.past.shift();
    this.future = [];
    this.before = null;
    this.tell(null);
    return true;
  }

  /** Take back what was done since the last end of a step, as if it had not been begun. */
  abandon(): void {
    if (!this.before) return;
    const { values, touched, isNothing } = this.before;
    Object.assign(this, { values, isNothing, before: null });
    this.tell(isNothing ? wholeOf(this) : touched);
  }

  undo(): boolean {
    this.settle();
    return this.swap(this.past, this.future);
  }

  redo(): boolean {
    return this.swap(this.future, this.past);
  }

  private act(change: () => Rect | null): void {
    const before = this.before ?? { values: this.values.slice(), isNothing: this.isNothing };
    const touched = change();
    if (!touched) return;
    this.before = { ...before, touched: "touched" in before ? around(before.touched, touched) : touched };
    const isFirst = this.isNothing;
    this.isNothing = false;
    this.tell(isFirst ? wholeOf(this) : touched); // what was nothing is now all of the first value
  }

  private swap(from: Patch[], to: Patch[]): boolean {
    const patch = from.pop();
    if (!patch) return false;
    to.push(this.cut(patch, this.values, this.isNothing));
    const width = patch.right - patch.left;
    for (let row = patch.top; row < patch.bottom; row += 1) {
      this.values.set(patch.values.subarray((row - patch.top) * width, (row - patch.top + 1) * width), row * this.width + patch.left);
    }
    const isOther = this.isNothing !== patch.isNothing;
    this.isNothing = patch.isNothing;
    this.tell(isOther ? wholeOf(this) : patch);
    return true;
  }

  private cut({ left, top, right, bottom }: Rect, from: Uint8Array | Uint16Array, isNothing: boolean): Patch {
    const values = from.slice(0, (right - left) * (bottom - top));
    for (let row = top; row < bottom; row += 1) values.set(from.subarray(row * this.width + left, row * this.width + right), (row - top) * (right - left));
    return { left, top, right, bottom, values, isNothing };
  }

  private tell(touched: Rect | null): void {
    for (const listener of this.listeners) listener(touched ?? { left: 0, top: 0, right: 0, bottom: 0 });
  }
}
