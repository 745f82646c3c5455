/** The steps of a number, and what lies near it. Arithmetic only. */

import type { Port } from "@/api/types";
import { numberWord } from "./widget";

export interface Steps {
  ge: number | undefined;
  le: number | undefined;
  isInteger: boolean;
  /** From the least to the most, if both are known. */
  span: number | undefined;
  /** What an arrow key adds. */
  step: number | undefined;
  /** Whether the model said so: then no number lies between. */
  isStepped: boolean;
}

export function stepsOf(port: Port): Steps {
  const ge = numberWord(port, "ge");
  const le = numberWord(port, "le");
  const isInteger = port.constraints["is_integer"] === true;
  const given = numberWord(port, "step");
  const span = ge !== undefined && le !== undefined ? le - ge : undefined;
  return { ge, le, isInteger, span, step: given ?? (isInteger ? 1 : span !== undefined ? span / 100 : undefined), isStepped: given !== undefined };
}

/** The number of 1, 2, 5, 10, 20, ... that is just below. */
export function plainStep(size: number): number {
  const power = 10 ** Math.floor(Math.log10(size));
  const first = size / power;
  return (first >= 5 ? 5 : first >= 2 ? 2 : 1) * power;
}

const MOST = 7;

/** The number itself, and some on each side that can be told from it; nearer to a limit, more on the other side. */
export function neighbours(value: number, { ge, le, isInteger, isStepped, span, step }: Steps): number[] {
  const wanted = plainStep(span ? span / 12 : value === 0 ? (isInteger ? 1 : 0.1) : Math.abs(value) / 10);
  const grain = isStepped || isInteger ? step ?? 1 : 0;
  const apart = grain ? Math.max(grain, Math.round(wanted / grain) * grain) : wanted;
  const found = [value];
  for (let away = 1; found.length < MOST && away < 2 * MOST; away += 1) {
    for (const next of [value - away * apart, value + away * apart]) {
      if (next >= (ge ?? -Infinity) && next <= (le ?? Infinity) && found.length < MOST) found.push(Number(next.toPrecision(12)));
    }
  }
  return found.sort((one, other) => one - other);
}
