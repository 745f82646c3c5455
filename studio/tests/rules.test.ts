import { describe, expect, it } from "vitest";
import type { Command, Job, ModelSpec } from "@/api/types";
import { fitting } from "@/features/bench/fits";
import { javascript } from "@/features/bench/code/javascript";
import { python } from "@/features/bench/code/python";
import { commandLine, curl } from "@/features/bench/code/shell";
import { ofJob, startValues, toSend, wrongs } from "@/features/bench/values";
import { differences } from "@/features/jobs/compare";
import { gist, pictureOf, valueOf } from "@/features/jobs/shown";
import { matches } from "@/features/models/models";
import { ago, duration, plainNumber, size } from "@/ui/amounts";
import { palette } from "@/ui/colours";
import { peaks, toWave } from "@/ui/wave";
import { fitted, moved, zoomed } from "@/ui/zoom";
import { port } from "./ports";

const INPUTS = [port("image", {}, { name: "photo" }), port("number", { ge: 0, le: 1 }, { name: "strength", default: 0.5, is_required: false }), port("text", {}, { name: "words", is_required: false })];
const COMMAND = { name: "run", inputs: INPUTS, outputs: [port("image", {}, { name: "drawing" })] } as unknown as Command;
const SPEC = { name: "fox", commands: [COMMAND], options: [port("number", {}, { name: "depth", default: 2 }), port("number", {}, { name: "size", default: 5 })] } as unknown as ModelSpec;
const JOB = { id: "1", model: "fox", inputs: { photo: { blob: "f", name: "it's.jpg", media_type: "image/jpeg", size_bytes: 1 }, strength: 1 }, options: {}, outputs: [], seed: 7 } as unknown as Job;

describe("a form", () => {
  it("starts with defaults, says what is missing, and sends what is there", () => {
    const values = startValues(INPUTS);
    expect(values).toEqual({ photo: undefined, strength: 0.5, words: undefined });
    expect(wrongs(INPUTS, values)).toEqual({ photo: "Give a picture." });
    expect(toSend(INPUTS, ofJob(INPUTS, JOB))).toEqual(JOB.inputs);
  });
});

describe("code", () => {
  const given = { spec: SPEC, command: COMMAND, values: { ...JOB.inputs, strength: 0.5, words: "it's 5 o'clock" }, options: {}, origin: "http://127.0.0.1:5142", needsKey: false };
  it("leaves defaults out and quotes what a shell would read otherwise", () => {
    expect(commandLine(given)).toBe("gesso run fox \\\n  -i 'photo=@it'\\''s.jpg' \\\n  -i 'words=it'\\''s 5 o'\\''clock' \\\n  -o drawing.png");
    expect(commandLine({ ...given, options: { depth: 3, size: 5 } })).toContain("--option 'depth=3'");
    expect(commandLine({ ...given, options: { depth: 3, size: 5 } })).not.toContain("size");
  });
  it("is Python, JavaScript and curl", () => {
    expect(python(given)).toContain('"photo": upload("it\'s.jpg"),');
    expect(python({ ...given, values: { strength: 1 } })).toContain('"strength": 1');
    expect(javascript(given)).toContain('await upload(await openAsBlob("it\'s.jpg"), "it\'s.jpg")');
    expect(curl(given)).toContain(`"photo": '"$file1"'`);
  });
  it("says where the key goes, if one is asked for", () => {
    const all = [python, javascript, curl].map((write) => write({ ...given, needsKey: true }));
    expect(all.every((code) => code.includes("GESSO_KEY"))).toBe(true);
  });
});

describe("a result", () => {
  const file = { blob: "f", name: "a.png" };
  const spec = (...inputs: Command["inputs"]) => ({ commands: [{ name: "run", inputs, outputs: [] }], options: [] }) as unknown as ModelSpec;
  it("is sent on to inputs that take it", () => {
    const list = port("list", { items: { type: "image", constraints: {} } }, { name: "many" });
    const found = fitting(spec(list, port("text", {}, { name: "words" }), port("mask", {}, { name: "area" }), port("image", {}, { name: "photo" })), "image", file);
    expect(found.map((fit) => [fit.port.name, fit.value])).toEqual([["photo", file], ["many", [file]], ["area", file]]);
  });
  it("is not sent where it would be refused", () => {
    expect(fitting(spec(port("number", { ge: 0, le: 1 }, { name: "part" })), "number", 7)).toEqual([]);
    expect(fitting(spec(port("number", { ge: 0, le: 1 }, { name: "part" })), "number", 0.7)).toHaveLength(1);
  });
});

describe("a job", () => {
  const file = (media_type: string) => ({ blob: media_type, name: "x", media_type, size_bytes: 1 });
  it("is seen by its picture, or by its first words", () => {
    expect(pictureOf({ ...JOB, outputs: [{ name: "a", type: "image", value: null, files: [file("image/png")] }] })?.blob).toBe("image/png");
    expect(pictureOf(JOB)?.blob).toBe("f");
    expect(gist({ ...JOB, outputs: [{ name: "a", type: "text", value: "a fox", files: [] }] })).toBe("a fox");
  });
  it("gives values in line, in a file, in files", () => {
    expect(valueOf({ name: "a", type: "number", value: 4, files: [] })).toEqual({ value: 4 });
    expect(valueOf({ name: "a", type: "json", value: null, files: [file("application/json")] }).inFile?.blob).toBe("application/json");
    expect(valueOf({ name: "a", type: "list", value: null, files: [file("image/png"), file("image/png")] }).value).toHaveLength(2);
  });
  it("is compared with another by what differs", () => {
    expect(differences(JOB, { ...JOB, seed: 8 })).toEqual([{ name: "Seed", values: ["7", "8"] }]);
  });
});

describe("words", () => {
  it("say sizes, times and numbers", () => {
    expect([size(0), size(1536), size(4e9)]).toEqual(["0 B", "1.5 kB", "4.0 GB"]);
    expect([duration(0.0001), duration(0.032), duration(2.6), duration(75)]).toEqual(["under 1 ms", "32 ms", "2.6 s", "1 min 15 s"]);
    expect([plainNumber(0.1 + 0.2), plainNumber(5)]).toEqual(["0.3", "5"]);
    const now = new Date(2026, 10, 22, 14, 0).getTime();
    expect(ago(new Date(now - 5_000).toISOString(), now)).toBe("just now");
    expect(ago(new Date(now - 300_000).toISOString(), now)).toBe("5 min ago");
  });
  it("find a model by any of its words", () => {
    const model = { name: "pose", title: "Pose", description: "Finds joints.", category: "people" } as never;
    expect([matches(model, "joints people"), matches(model, "cat"), matches(model, "")]).toEqual([true, false, true]);
  });
});

describe("pictures", () => {
  it("are fitted, zoomed around a place, and never lost", () => {
    const place = fitted({ width: 200, height: 100 }, { width: 132, height: 132 });
    expect(place).toEqual({ scale: 0.5, x: 16, y: 41 });
    const nearer = zoomed(place, 2, 66, 66, 0.25);
    expect(nearer).toEqual({ scale: 1, x: -34, y: 16 });
    expect(moved(nearer, -1e6, 0, { width: 200, height: 100 }, { width: 132, height: 132 }).x).toBe(48 - 200);
  });
  it("get the same colours for labels as in Python", () => {
    const labels = Array.from({ length: 11 }, (_, index) => String(index));
    expect(Object.values(palette(labels, { "1": "#D60000" })).slice(0, 3)).toEqual(["#8c3bff", "#d60000", "#018700"]);
    expect(new Set(Object.values(palette(labels, {}))).size).toBe(11);
  });
});

describe("sounds", () => {
  it("have a shape, and become WAV files", () => {
    expect(peaks(new Float32Array([0, 0.5, -1, 0.25]), 2)).toEqual([0.5, 1]);
    const view = new DataView(toWave([new Float32Array([0, 1, -1])], 8000));
    expect([view.getUint32(24, true), view.getInt16(46, true), view.getInt16(48, true)]).toEqual([8000, 32767, -32768]);
  });
});
