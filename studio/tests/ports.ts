/** For each data type: a port, a good value, and values that are refused. Most are those of `sample()` in Python. */
import type { Json, Port } from "@/api/types";

export const port = (type: string, constraints: Record<string, Json> = {}, more: Partial<Port> = {}): Port => ({
  name: "thing",
  type,
  title: "Thing",
  description: "What it is.",
  is_required: true,
  default: null,
  constraints,
  ...more,
});

const FILE = { blob: "a".repeat(64), name: "fox.png", media_type: "image/png", size_bytes: 1234 };
const NAMES = { names: ["left_hand", "right_hand"], connections: [["left_hand", "right_hand"]] };

export interface Case {
  port: Port;
  sample: unknown;
  /** Words or pictures by which the sample is seen in the output. */
  seen: RegExp;
  bad: unknown[];
}

export const CASES: Record<string, Case> = {
  text: { port: port("text", { min_length: 1, max_length: 10 }), sample: "a fox", seen: /a fox/, bad: ["", "longer than ten", 5, undefined] },
  number: { port: port("number", { is_integer: true, ge: 2, le: 32, step: 2 }), sample: 4, seen: /4/, bad: [1, 3, 33, 2.5, NaN, "4", undefined] },
  boolean: { port: port("boolean"), sample: true, seen: /Yes/, bad: ["yes", 1, undefined] },
  category: { port: port("category", { choices: ["red_fox", "owl"] }), sample: "red_fox", seen: /Red fox/, bad: ["cat", undefined] },
  vector: { port: port("vector", { length: 3, ge: -1, le: 1 }), sample: [0, 0.5, -1], seen: /3 numbers/, bad: [[0, 0], [0, 0, 2], ["a", 0, 0], "0", undefined] },
  image: { port: port("image"), sample: FILE, seen: /Thing/, bad: ["fox.png", 5, undefined] },
  mask: { port: port("mask"), sample: FILE, seen: /Thing/, bad: ["fox.png", undefined] },
  segmentation: { port: port("segmentation", { labels: { sky: 1, sea: 2 } }), sample: FILE, seen: /sky/, bad: ["fox.png", undefined] },
  video: { port: port("video"), sample: FILE, seen: /One frame on/, bad: ["fox.mp4", undefined] },
  audio: { port: port("audio"), sample: FILE, seen: /Thing/, bad: [5, undefined] },
  file: { port: port("file"), sample: FILE, seen: /fox\.png/, bad: [{}, undefined] },
  directory: { port: port("directory", { max_files: 1 }), sample: { files: { "notes/fox.txt": FILE } }, seen: /notes\/fox\.txt/, bad: [{ files: { a: FILE, b: FILE } }, [], undefined] },
  points: { port: port("points", { min_length: 1, max_length: 2 }), sample: [{ x: 0.3, y: 0.3 }, { x: 0.6, y: 0.6, label: "nose" }], seen: /nose/, bad: [[], [{ x: 2, y: 0 }], undefined] },
  bounding_boxes: { port: port("bounding_boxes", { max_length: 1 }), sample: [{ x0: 0.1, y0: 0.2, x1: 0.5, y1: 0.6, label: "fox", confidence: 0.9 }], seen: /fox 90 %/, bad: [[{ x0: 0.5, y0: 0, x1: 0.1, y1: 1 }], undefined] },
  landmarks: { port: port("landmarks", NAMES), sample: [{ name: "left_hand", x: 0.2, y: 0.5, confidence: 0.9 }, { name: "right_hand", x: 0.8, y: 0.5, confidence: 0.2 }], seen: /1 of 2/, bad: [[{ name: "left_hand", x: 0, y: 0 }], undefined] },
  list: { port: port("list", { items: { type: "text", constraints: {} }, max_length: 2 }), sample: ["fox", "owl"], seen: /owl/, bad: [["a", "b", "c"], [5], "fox", undefined] },
  json: { port: port("json"), sample: { title: "fox", size: [3, 4.5] }, seen: /"fox"/, bad: [undefined] },
};
