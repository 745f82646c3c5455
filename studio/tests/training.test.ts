import { describe, expect, it } from "vitest";
import type { Command, Port, Training } from "@/api/types";
import { chosenCommand, commandWords, offered, onPage, passagesOf, seedsFrom, sharedPart, together, wholeOf } from "@/features/bench/speaking";
import { aboutBase, basesFor, begunWith, kindOf, usualBase } from "@/features/training/bases";
import { askAfter, joined, many, percent, roughly, secondsLeft, standing } from "@/features/training/course";
import { changedOnly, sorted } from "@/features/training/options";
import { columnsOf, taken } from "@/features/training/texts";
import { logTicks, partOf, scaleOf, thinned, ticks } from "@/ui/scale";

const training = (changes: object): Training => ({ status: "processing", wanted: "go on", plan: { steps: 100, estimate_s: 50 }, latest: null, ...changes }) as unknown as Training;

describe("the course of a training", () => {
  it("asks anew from the last step on, because more may have come of it", () => {
    const known = [{ step: 1 }, { step: 2 }];
    const after = askAfter(known);
    expect(joined(known, [{ step: 2 }, { step: 2 }, { step: 3 }], after).map(({ step }) => step)).toEqual([1, 2, 2, 3]);
    expect(askAfter([])).toBe(-1);
  });
  it("tells what is left by its own pace, and before that by the estimate", () => {
    expect(secondsLeft(training({}))).toBe(50);
    expect(secondsLeft(training({ latest: { step: 25, elapsed_s: 30 } }))).toBe(90);
    expect(secondsLeft(training({ status: "failed" }))).toBeNull();
    expect([roughly(4), roughly(70), roughly(130), roughly(9000)]).toEqual(["a few seconds", "70 seconds", "2 minutes", "2.5 hours"]);
  });
  it("says what it was told and has not done yet", () => {
    expect(standing({ status: "processing", wanted: "pause" })).toBe("Pausing");
    expect(standing({ status: "paused", wanted: "pause" })).toBe("Paused");
  });
  it("writes amounts as people do", () => {
    expect([many(916), many(916_000), many(124_439_808), percent(0), percent(0.051), percent(0.5)]).toEqual(["916", "916 thousand", "124 million", "0 %", "5.1 %", "50 %"]);
  });
});

describe("texts before they are sent", () => {
  const file = (name: string) => new File(["x"], name);
  it("are those of a folder that are texts; one that was chosen by itself is always sent", () => {
    expect(taken([file("a.txt"), file("b.MD"), file("c.png"), file(".hidden.txt")])).toMatchObject({ files: [{ name: "a.txt" }, { name: "b.MD" }], leftOut: ["c.png"] });
    expect(taken([file("c.png")]).files).toHaveLength(1);
  });
  it("have columns if they are tables", () => {
    expect(columnsOf("a.csv", '\uFEFFid;"verse"\r\n1;x')).toEqual(["id", "verse"]);
    expect(columnsOf("a.jsonl", '{"title": "x", "body": "y"}\n')).toEqual(["title", "body"]);
    expect([columnsOf("a.jsonl", "nonsense"), columnsOf("a.jsonl", '["x"]'), columnsOf("a.txt", "a,b")]).toEqual([[], [], []]);
  });
});

describe("the options of a trainer", () => {
  const port = (name: string, type = "number", value: unknown = 0) => ({ name, type, default: value, constraints: {} }) as Port;
  it("are sent where they differ", () => {
    const ports = [port("steps"), port("rate")];
    expect(changedOnly({ steps: 0, rate: 2 }, {}, ports)).toEqual({ rate: 2 });
    expect(changedOnly({ steps: 0, rate: 2 }, { steps: 5, rate: 2 }, ports)).toEqual({ steps: 0 });
  });
  it("begin with how thoroughly and with what is asked", () => {
    const found = sorted([port("size"), port("prompt", "text"), port("preset", "category")]);
    expect([found.preset?.name, found.first.map(({ name }) => name), found.rest.map(({ name }) => name)]).toEqual(["preset", ["prompt"], ["size"]]);
  });
});

describe("what a training begins with", () => {
  const own = { own_base: "storyteller", own_base_below_bytes: 200_000 };
  const none = { own_base: "", own_base_below_bytes: 0 };
  it("is the model that comes with Gesso for short texts, and nothing for long ones", () => {
    expect([usualBase(own, 5_000), usualBase(own, 199_999), usualBase(own, 200_000), usualBase(none, 5_000)]).toEqual(["storyteller", "storyteller", "nothing", "nothing"]);
  });
  it("is known by where it comes from", () => {
    expect(["storyteller", "nothing", "", "my-poet", "gpt2"].map((base) => kindOf(base, own, ["my-poet"]))).toEqual(["own", "nothing", "nothing", "here", "hub"]);
  });
  it("can be chosen among what there is", () => {
    expect(basesFor(own, ["my-poet"]).map(({ label }) => label)).toEqual(["Storyteller", "Nothing", "A model of mine", "A model of the hub"]);
    expect(basesFor(none, []).map(({ value }) => value)).toEqual(["nothing", "hub"]);
  });
  it("is explained for this text", () => {
    expect(aboutBase("own", own, 5_000)).toMatch(/old books.*best beginning for so short a text/);
    expect(aboutBase("nothing", own, 5_000)).toMatch(/hardly learns to spell/);
    expect(aboutBase("nothing", own, 500_000)).toMatch(/Storyteller is worth a try/);
    expect(aboutBase("nothing", none, 500_000)).not.toMatch(/try/);
  });
  it("is told where it was something", () => {
    expect([begunWith("nothing"), begunWith("storyteller")]).toEqual(["", ", going on from storyteller"]);
  });
});

describe("a chart", () => {
  it("has round numbers at its side", () => {
    expect(ticks(0, 10, 5)).toEqual([0, 2, 4, 6, 8, 10]);
    expect(ticks(0.11, 0.14, 3)).toEqual([0.11, 0.12, 0.13, 0.14]);
    expect(logTicks(0.5, 20, 5)).toEqual([0.5, 1, 2, 5, 10, 20]);
    expect(ticks(3, 3, 5)).toEqual([3]);
  });
  it("shows all that is there", () => {
    const scale = scaleOf([1, 3, Number.NaN], false);
    expect(partOf(1, scale)).toBeGreaterThan(0);
    expect(partOf(3, scale)).toBeLessThan(1);
    expect(partOf(10, { low: 1, high: 100, isLog: true })).toBeCloseTo(0.5);
    expect(scaleOf([], true)).toMatchObject({ isLog: true });
  });
  it("keeps the ends of many points", () => {
    const points = Array.from({ length: 5000 }, (_, index) => index);
    const some = thinned(points, 100);
    expect([some.length, some[0], some.at(-1)]).toEqual([100, 0, 4999]);
  });
});

describe("a model that writes", () => {
  const text = (name: string): Port => ({ name, type: "text", title: "", description: "", is_required: false, default: "", constraints: {} });
  const command = (name: string, is_streaming: boolean): Command => ({ name, description: "", inputs: [text("prompt"), { ...text("seed"), type: "number" }], outputs: [text("text")], is_streaming, max_batch: 1, is_stateful: false, is_async: true });
  const commands = [command("run", false), command("stream", true)];
  it("writes as it goes where it can, and has its prompt on a page", () => {
    const chosen = chosenCommand(commands, null);
    expect(chosen?.name).toBe("stream");
    expect(chosenCommand(commands, "run")?.name).toBe("run");
    expect(onPage(commands[1] as Command).inputs).toMatchObject([{ name: "prompt", constraints: { multiline: true } }]);
    expect(offered(commands, commands[1] as Command).map(({ name }) => name)).toEqual(["stream"]);
  });
  it("has its commands in words, not by their names", () => {
    const count = { ...command("count_tokens", false), inputs: [text("text")] };
    const all = [...commands, count];
    expect(all.map((one) => commandWords(one, all))).toEqual(["Write, all at once", "Write, bit by bit", "Count tokens"]);
    const shown = offered(all, commands[1] as Command);
    expect(shown.map((one) => commandWords(one, shown))).toEqual(["Write", "Count tokens"]);
    const twins = [command("haiku", true), command("sonnet", true)];
    expect(twins.map((one) => commandWords(one, twins))).toEqual(["Haiku", "Sonnet"]);
  });
  it("is shown with what was asked for together", () => {
    expect(together({ jobId: "b", group: ["a", "b"] })).toEqual(["a", "b"]);
    expect(together({ jobId: "c", group: ["a", "b"] })).toEqual(["c"]);
    expect(together({ jobId: null, group: ["a"] })).toEqual([]);
    expect(seedsFrom(2 ** 32 - 1, 2)).toEqual([2 ** 32 - 1, 0]);
  });
  it("says its prompt again or not", () => {
    expect([wholeOf("A fox", "A fox ran"), wholeOf("A fox", " ran")]).toEqual(["A fox ran", "A fox ran"]);
  });
  it("is marked by characters, not by halves of them, and only where it has written itself", () => {
    const passages = passagesOf("🦊🦊abcdef", "🦊🦊a", [{ start: 1, end: 5, source: "x.txt" }]);
    expect(passages.filter(({ source }) => source !== null).map((one) => one.text)).toEqual(["bc"]);
    expect(passages.map((one) => one.text).join("")).toBe("🦊🦊abcdef");
    expect(sharedPart(passages)).toBeCloseTo(2 / 5);
  });
});
