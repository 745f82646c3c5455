import { expect, test } from "vitest";
import type { BotNote } from "@/api/types";
import { START, keptName, useDraft } from "@/features/bots/draft";
import { exampleTalk, promptOf } from "@/features/bots/prompt";
import { turnsOf } from "@/features/bots/turns";

const whole = (persona: typeof START) => promptOf(persona, exampleTalk(persona.name)).map(({ text }) => text).join("");

test("a prompt is what the server makes of a template: filled in once, with what is remembered", () => {
  const persona = { ...START, name: "{author}", template: "{name}, {author} said {message} and {sky}" };
  expect(whole(persona)).toBe("{author}, Ada said What do you see from the window, {author}? and {sky}");
  expect(whole({ ...START, name: "Fox", memory: { messages: 0, characters: 2000, minutes: 1 } })).toBe("Ada: What do you see from the window, Fox?\nFox:");
  expect(whole({ ...START, name: "Fox", memory: { messages: 9, characters: 82, minutes: 1 } })).toBe("Grace: It has been raining since noon.\nAda: What do you see from the window, Fox?\nFox:");
});

test("a name becomes one that can be kept, and that nobody else has", () => {
  expect(keptName("Óld  Fox!", [])).toBe("old-fox");
  expect(keptName("Old Fox", ["old-fox", "old-fox-2"])).toBe("old-fox-3");
  expect(keptName("狐", [])).toBe("bot");
  expect(keptName("x".repeat(80), ["x".repeat(58)])).toMatch(/^x{58}-2$/);
});

const note = (number: number, kind: BotNote["kind"], more: Partial<BotNote> = {}): BotNote => ({ number, kind, at: "2026-11-22T10:00:00Z", channel: "a", channel_name: "", author: "Fox", text: "", reason: "", ...more });

test("pieces become an answer, each in its channel, and what was not said goes", () => {
  const notes = [note(1, "heard", { author: "Ada", text: "Hello" }), note(2, "part", { text: "Good " }), note(3, "part", { channel: "b", text: "No" }), note(4, "part", { text: "evening" })];
  expect(turnsOf(notes).map(({ text, isDraft }) => [text, isDraft])).toEqual([["Hello", false], ["Good evening", true], ["No", true]]);
  const ended = [...notes, note(5, "said", { text: "Good evening." }), note(6, "silent", { channel: "b", reason: "nothing" })];
  expect(turnsOf(ended).map(({ kind, text }) => [kind, text])).toEqual([["heard", "Hello"], ["said", "Good evening."], ["aside", "It kept silent: the model wrote nothing that may be said."]]);
});

test("trying again is said once, as long as nothing else happens", () => {
  const lost = (number: number) => note(number, "state", { reason: "waiting", text: "The network is away." });
  expect(turnsOf([lost(1), lost(2), note(3, "state", { reason: "on", text: "poet" }), lost(4)]).map(({ text }) => text)).toEqual(["Waiting to try again: The network is away.", "Connected: poet", "Waiting to try again: The network is away."]);
});

test("a model that was chosen elsewhere begins a bot, and what was thought of stays", () => {
  const { set, beginWith, clear } = useDraft.getState();
  set({ step: "Manners", token: "secret", persona: { ...START, name: "Fox", model: "https://gesso.example.org/m/old", inputs: { top_k: 3 } } });
  beginWith("my-poet");
  expect(useDraft.getState()).toMatchObject({ step: "Model", token: "", persona: { name: "Fox", model: "my-poet", inputs: {} } });
  set({ step: "Network" });
  beginWith("my-poet");
  expect(useDraft.getState().step).toBe("Network");
  clear();
});
