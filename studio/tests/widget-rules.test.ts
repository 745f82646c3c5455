import { beforeEach, describe, expect, it } from "vitest";
import { clock, frameLength } from "@/ui/frames";
import { pixelAt } from "@/ui/zoom";
import { neighbours, plainStep, stepsOf } from "@/widgets/number-steps";
import { settled, waitFor } from "@/widgets/pending";
import { readPoints } from "@/widgets/use-saved-points";
import type { SavedPoint, Space } from "@/widgets/vector-space";
import { clipped, drawn, freeName, freeSpot, meanOf, mixed, sharesAt, stepped, walked } from "@/widgets/vector-space";
import { wordsOf } from "@/widgets/widget";
import { port } from "./ports";

/** Numbers between 0 and 1 that are the same each time. */
function dice(seed = 1): () => number {
  let now = seed;
  return () => {
    now = (now * 16807) % 2147483647;
    return now / 2147483647;
  };
}

const near = (value: number, constraints: Record<string, number | boolean>) => neighbours(value, stepsOf(port("number", constraints)));

describe("what is near a number", () => {
  it("has the number in it, and some on each side", () => {
    expect(near(0.5, { ge: 0, le: 1 })).toEqual([0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65]);
    expect(near(3, {})).toEqual([2.4, 2.6, 2.8, 3, 3.2, 3.4, 3.6]);
    expect(near(0, { is_integer: true })).toEqual([-3, -2, -1, 0, 1, 2, 3]);
  });

  it("stays within the limits and on the steps, and takes more from the other side at an end", () => {
    expect(near(0, { ge: 0, le: 1 })).toEqual([0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3]);
    expect(near(2, { ge: 2, le: 4, is_integer: true })).toEqual([2, 3, 4]);
    expect(near(512, { ge: 64, le: 2048, step: 64, is_integer: true }).every((value) => value % 64 === 0)).toBe(true);
  });

  it("goes in steps that are easily read", () => {
    expect([0.083, 1, 3, 7, 40].map(plainStep)).toEqual([0.05, 1, 2, 5, 20]);
  });
});

const SPACE: Space = { length: 4, mean: 1, std: 2, ge: -3, le: 3 };
const at = (name: string, x: number, y: number, ...numbers: number[]): SavedPoint => ({ name, x, y, numbers });
const POINTS = [at("A", 0, 0.5, 0, 0, 0, 0), at("B", 1, 0.5, 2, 2, 2, 2)];

describe("a space of numbers", () => {
  it("gives places within its limits", () => {
    expect(drawn(SPACE, dice()).every((number) => number >= -3 && number <= 3)).toBe(true);
    expect(meanOf(SPACE)).toEqual([1, 1, 1, 1]);
    expect([clipped(9, SPACE), clipped(-9, SPACE), clipped(0.123456, SPACE)]).toEqual([3, -3, 0.1235]);
  });

  it("has neighbours, and they are near", () => {
    const next = stepped([0, 0, 0, 0], 0.1, SPACE, dice());
    expect(next).not.toEqual([0, 0, 0, 0]);
    expect(next.every((number) => Math.abs(number) < 1)).toBe(true);
  });

  it("is walked through without leaving it", () => {
    const random = dice(7);
    const free = { ...SPACE, ge: undefined, le: undefined };
    let now = { numbers: meanOf(free), direction: [] as number[] };
    for (let step = 0; step < 2000; step += 1) now = walked(now.numbers, now.direction, 0.08, free, random);
    expect(now.numbers).not.toEqual(meanOf(free));
    expect(now.numbers.every((number) => Math.abs(number - 1) < 5 * 2)).toBe(true);
  });
});

describe("a map between points", () => {
  it("gives a point on that point, and the mean in the middle of two", () => {
    expect(mixed(POINTS, { x: 1, y: 0.5 }, SPACE)).toEqual([2, 2, 2, 2]);
    expect(mixed(POINTS, { x: 0.5, y: 0.9 }, SPACE)).toEqual([1, 1, 1, 1]);
  });

  it("has more of what is nearer, and all of it together", () => {
    const shares = sharesAt(POINTS, { x: 0.25, y: 0.5 });
    expect(shares[0]).toBeGreaterThan(shares[1] ?? 1);
    expect(shares[0]! + shares[1]!).toBeCloseTo(1); // eslint-disable-line @typescript-eslint/no-non-null-assertion -- there are two
  });

  it("finds names and room for more", () => {
    expect(freeName([])).toBe("A");
    expect(freeName([at("A", 0, 0), at("C", 0, 0)])).toBe("B");
    expect(freeName(Array.from({ length: 26 }, (_, index) => at(String.fromCharCode(65 + index), 0, 0)))).toBe("A2");
    const first = freeSpot([]);
    expect(freeSpot([at("A", first.x, first.y)])).not.toEqual(first);
  });
});

describe("saved points", () => {
  beforeEach(() => { localStorage.clear(); });

  it("come back as they are, and what is none is left out", () => {
    localStorage.setItem("points", JSON.stringify([POINTS[0], { name: "B" }, null, 5]));
    expect(readPoints("points")).toEqual([POINTS[0]]);
  });

  it("are none where something else lies", () => {
    localStorage.setItem("points", "{not JSON");
    expect([readPoints("points"), readPoints("nowhere")]).toEqual([[], []]);
  });
});

describe("frames", () => {
  it("last as long as the shortest distance between two", () => {
    expect(frameLength([0, 1 / 30, 2 / 30, 5 / 30])).toBeCloseTo(1 / 30);
    expect(frameLength([0, 0])).toBe(1 / 25);
  });

  it("are told as a clock does", () => {
    expect([clock(0), clock(75.5), clock(9.96, 1), clock(61, 0)]).toEqual(["0:00.00", "1:15.50", "0:10.0", "1:01"]);
  });
});

describe("a pixel", () => {
  it("lies below a spot, or there is none", () => {
    const place = { scale: 2, x: 10, y: 20 };
    const picture = { width: 5, height: 5 };
    expect(pixelAt({ x: 13, y: 29 }, place, picture)).toEqual({ x: 1, y: 4 });
    expect([pixelAt({ x: 9, y: 29 }, place, picture), pixelAt({ x: 13, y: 31 }, place, picture)]).toEqual([null, null]);
  });
});

describe("what is on its way", () => {
  it("is waited for, also what begins meanwhile and what fails", async () => {
    const done: string[] = [];
    const work = (name: string, next?: () => void) => Promise.resolve().then(() => { done.push(name); next?.(); });
    waitFor(work("first", () => { waitFor(work("second")); }));
    waitFor(Promise.reject(new Error("no")));
    await settled();
    expect(done).toEqual(["first", "second"]);
  });
});

describe("an error", () => {
  it("says what to do where that is known", () => {
    expect(wordsOf(Object.assign(new Error("It is gone."), { problem: { hint: "Try again." } }))).toBe("It is gone. Try again.");
    expect([wordsOf(new Error("It is gone.")), wordsOf("no")]).toEqual(["It is gone.", "no"]);
  });
});
