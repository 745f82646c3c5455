/** Models for the fake server: the real pose, and a few that show every widget. For development only. */
import { readFileSync } from "node:fs";

type Words = Record<string, unknown>;

export const port = (name: string, type: string, words: Words = {}, more: Words = {}) => ({
  name,
  type,
  title: name[0]!.toUpperCase() + name.slice(1).replaceAll("_", " "),
  description: "",
  is_required: !("default" in more),
  default: null,
  constraints: words,
  ...more,
});

const spec = (name: string, description: string, inputs: unknown[], outputs: unknown[], more: Words = {}) => ({
  name,
  title: name[0]!.toUpperCase() + name.slice(1),
  description,
  commands: [{ name: "run", description: "", inputs, outputs, is_streaming: false, max_batch: 1, is_stateful: false, is_async: false, ...more }],
  options: [],
  requirements: { python: "", dependencies: [], without_dependencies: [] },
  weights: [],
  card: { licence: "Apache-2.0", authors: [], category: "try out", source: "", memory_mb: 120, preview: "", examples: [] },
  schema_version: 1,
});

const LABELS = { sky: 1, sea: 2, sand: 3, tree: 4, rock: 5 };
const NAMES = { names: ["left", "top", "right"], connections: [["left", "top"], ["top", "right"]] };

const pose = JSON.parse(readFileSync(new URL("../../src/gesso/models/pose/spec.json", import.meta.url), "utf8")) as Words;

export const SPECS: Record<string, Words> = {
  pose,
  remix: spec(
    "remix",
    "Makes new pictures in the texture of one picture.",
    [port("texture", "image"), port("size", "number", { is_integer: true, ge: 64, le: 2048, step: 64 }, { default: 512 }), port("variety", "number", { ge: 0, le: 1 }, { default: 0.5 })],
    [port("picture", "image")],
  ),
  haiku: spec(
    "haiku",
    "Writes three lines about what you name.",
    [port("subject", "text", { max_length: 2000, multiline: true, min_length: 1 }), port("mood", "category", { choices: ["calm", "bright", "odd", "dark", "wild", "old"] }, { default: "calm" })],
    [port("poem", "text")],
    { is_streaming: true },
  ),
  everything: spec(
    "everything",
    "Takes every type of value and gives it back.",
    [
      port("photo", "image"),
      port("mask", "mask", {}, { default: null }),
      port("map", "segmentation", { labels: LABELS }, { default: null }),
      port("clicks", "points", { max_length: 5 }, { default: null }),
      port("boxes", "bounding_boxes", {}, { default: null }),
      port("body", "landmarks", NAMES, { default: null }),
      port("z", "vector", { length: 16 }, { default: null }),
      port("clip", "video", {}, { default: null }),
      port("sound", "audio", {}, { default: null }),
      port("document", "file", {}, { default: null }),
      port("folder", "directory", {}, { default: null }),
      port("settings", "json", {}, { default: null }),
      port("words", "list", { items: { type: "text", constraints: {} }, max_length: 6 }, { default: [] }),
      port("caption", "text", { max_length: 80 }, { default: "" }),
      port("strength", "number", { ge: -1, le: 1, step: 0.1 }, { default: 0.2, description: "How much of it." }),
      port("count", "number", { is_integer: true, ge: 1 }, { default: 3 }),
      port("is_loud", "boolean", {}, { default: false }),
      port("kind", "category", { choices: ["a", "b", "c"] }, { default: "a" }),
    ],
    [
      port("photo", "image"), port("body", "landmarks", NAMES), port("boxes", "bounding_boxes"), port("clicks", "points"), port("map", "segmentation", { labels: LABELS }), port("mask", "mask"),
      port("settings", "json"), port("z", "vector"), port("sound", "audio"), port("words", "list", { items: { type: "text", constraints: {} } }), port("caption", "text"), port("strength", "number"), port("is_loud", "boolean"), port("kind", "category", { choices: ["a", "b", "c"] }),
    ],
  ),
};

export const summary = (one: Words) => {
  const card = one.card as Words;
  return { name: one.name, title: one.title, description: one.description, category: card.category, licence: card.licence, origin: "box", is_trusted: true, has_preview: false, example_count: 1, authors: [], source: card.source, memory_mb: card.memory_mb, problem: null };
};
