import { readFileSync, readdirSync } from "node:fs";
import { resolve } from "node:path";
import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { describe, expect, it, vi } from "vitest";
import type { Port } from "@/api/types";
import { useToasts } from "@/ui/toasts";
import { emptyOf, names, widgetOf, wrongWith } from "@/widgets/catalogue";
import { ToolsContext } from "@/widgets/widget";
import type { Tools } from "@/widgets/widget";
import { CASES, port } from "./ports";

const TYPES = resolve(import.meta.dirname, "../../src/gesso/types");

const upload = vi.fn((file: File) => Promise.resolve({ blob: "b".repeat(64), name: file.name, media_type: file.type, size_bytes: file.size }));
const fetched = vi.fn((url: string) => Promise.resolve({ blob: "f".repeat(64), name: url.split("/").at(-1) ?? "", media_type: "image/png", size_bytes: 9 }));
const tools: Tools = { upload, fetch: fetched, urlOf: (value) => (typeof value === "object" && value !== null && "blob" in value ? "/file" : undefined) };

function Tried({ of, start, onChange }: { of: Port; start: unknown; onChange?: (value: unknown) => void }) {
  const [value, setValue] = useState(start);
  const { Input } = widgetOf(of.type);
  return (
    <ToolsContext value={tools}>
      <Input
        id="thing"
        port={of}
        value={value}
        wrong={null}
        scene={{ picture: "/photo.jpg" }}
        onChange={(made) => {
          setValue(made);
          onChange?.(made);
        }}
      />
    </ToolsContext>
  );
}

/** Show an input; the returned function gives the last value that it was changed to. */
function tried(of: Port, start?: unknown): () => unknown {
  const onChange = vi.fn();
  render(<Tried of={of} start={start} onChange={onChange} />);
  return () => onChange.mock.lastCall?.[0] as unknown;
}

describe("the set of widgets", () => {
  it("is the set of data types", () => {
    const types = readdirSync(TYPES)
      .filter((name) => name.endsWith(".py") && /^ {4}name: ClassVar\[str\] = "/m.test(readFileSync(resolve(TYPES, name), "utf8")))
      .map((name) => name.slice(0, -3));
    expect(names()).toEqual(types.sort());
  });

  it("has a case here for each", () => {
    expect(Object.keys(CASES).sort()).toEqual(names());
  });

  it("shows a type of tomorrow as JSON", () => {
    expect(widgetOf("smell")).toBe(widgetOf("json"));
  });
});

describe.each(Object.entries(CASES))("%s", (_type, { port: of, sample, seen, bad }) => {
  it("takes its sample", () => {
    expect(wrongWith(of, sample)).toBeNull();
  });

  it("shows its sample as an output", () => {
    const { Output } = widgetOf(of.type);
    const { container } = render(
      <ToolsContext value={tools}>
        <Output port={of} value={sample} scene={{ picture: "/photo.jpg" }} />
      </ToolsContext>,
    );
    // What lies over a picture shows itself once the picture is there.
    for (const picture of container.querySelectorAll("img")) fireEvent.load(picture);
    expect(container.textContent + container.innerHTML).toMatch(seen);
  });

  it("shows its sample as an input, and nothing", () => {
    tried(of, sample);
    tried(of);
  });

  it.each(bad.map((value) => [JSON.stringify(value) ?? "nothing", value]))("refuses %s, and says what to do", (_shown, value) => { // eslint-disable-line @typescript-eslint/no-unnecessary-condition -- JSON has no word for undefined
    expect(wrongWith(of, value)).toMatch(/^[A-Z].*[.]$/);
  });

  it("may be left out where it is not required", () => {
    expect(wrongWith({ ...of, is_required: false }, undefined)).toBeNull();
  });
});

describe("by keyboard alone", () => {
  const user = userEvent.setup({ applyAccept: false });

  it("a text is written", async () => {
    const value = tried(port("text"), "");
    await user.tab();
    await user.keyboard("fox");
    expect(value()).toBe("fox");
  });

  it("a number is written in its field, and put back where it was by a double click on its slider", async () => {
    const value = tried(port("number", { ge: 0, le: 10, is_integer: true }, { default: 3 }), 5);
    await user.tab();
    await user.keyboard("{Control>}a{/Control}8");
    expect(value()).toBe(8);
    await user.dblClick(screen.getByRole("slider"));
    expect(value()).toBe(3);
  });

  it("a number goes in tens with Shift, and back where it was with Delete on its slider", async () => {
    const value = tried(port("number", { ge: 0, le: 100, is_integer: true }, { default: 3 }), 50);
    await user.tab();
    await user.keyboard("{Shift>}{ArrowUp}{/Shift}");
    expect(value()).toBe(60);
    screen.getByRole("slider").focus();
    await user.keyboard("{Delete}");
    expect(value()).toBe(3);
  });

  it("what is near a number is looked at with the arrows, taken with Enter, and left with Escape", async () => {
    const value = tried(port("number", { ge: 0, le: 1 }), 0.5);
    await user.click(screen.getByRole("button", { name: "Explore what is near" }));
    screen.getByRole("radio", { name: "0.5" }).focus();
    await user.keyboard("{ArrowRight}");
    expect(value()).toBe(0.55);
    await user.keyboard("{Enter}");
    expect([screen.queryByRole("radiogroup"), value(), document.activeElement]).toEqual([null, 0.55, screen.getByRole("spinbutton")]);
    await user.click(screen.getByRole("button", { name: "Explore what is near" }));
    screen.getByRole("radio", { name: "0.55" }).focus();
    await user.keyboard("{ArrowLeft}{ArrowLeft}{Escape}");
    expect(value()).toBe(0.55);
  });

  it("what is near a number shows itself when its slider is held, and not when it is moved", () => {
    vi.useFakeTimers();
    tried(port("number", { ge: 0, le: 1 }), 0.5);
    const slider = screen.getByRole("slider");
    fireEvent.pointerDown(slider, { button: 0, clientX: 10 });
    fireEvent.pointerMove(slider, { clientX: 40 });
    act(() => { vi.advanceTimersByTime(1000); });
    expect(screen.queryByRole("radiogroup")).toBeNull();
    fireEvent.pointerDown(slider, { button: 0, clientX: 10 });
    act(() => { vi.advanceTimersByTime(1000); });
    expect(screen.getByRole("radiogroup", { name: "Near Thing" })).toBeTruthy();
    vi.useRealTimers();
  });

  it("yes becomes no", async () => {
    const value = tried(port("boolean"), true);
    await user.tab();
    await user.keyboard(" ");
    expect(value()).toBe(false);
  });

  it("one of few choices is taken with the arrows, one of many from a list", async () => {
    const few = tried(port("category", { choices: ["a", "b"] }), "a");
    await user.tab();
    await user.keyboard("{ArrowRight}");
    expect(few()).toBe("b");
    const many = tried(port("category", { choices: [1, 2, 3, 4, 5, 6] }), 1);
    await user.selectOptions(screen.getByRole("combobox"), "6");
    expect(many()).toBe(6);
  });

  it("a vector is drawn at random, within its limits", async () => {
    const value = tried(port("vector", { length: 3, ge: -0.1, le: 0.1 }));
    await user.click(screen.getByRole("button", { name: "Random" }));
    expect(wrongWith(port("vector", { length: 3, ge: -0.1, le: 0.1 }), value())).toBeNull();
  });

  it("a vector has sliders, some at a time", async () => {
    const value = tried(port("vector", { length: 20 }));
    await user.click(screen.getByRole("button", { name: "The numbers after" }));
    fireEvent.change(screen.getByRole("slider", { name: "Number 12" }), { target: { value: "1.5" } });
    expect((value() as number[]).indexOf(1.5)).toBe(11);
    fireEvent.doubleClick(screen.getByRole("slider", { name: "Number 12" }));
    expect(value()).toEqual(new Array(20).fill(0));
  });

  it("points of a vector are saved, gone to, mixed and removed, and the last is taken back", async () => {
    localStorage.clear();
    const of = port("vector", { length: 2 });
    const value = tried(of, [1, 1]);
    const save = screen.getByRole("button", { name: "Save point" });
    await user.click(save);
    fireEvent.change(screen.getByRole("slider", { name: "Number 1" }), { target: { value: "-1" } });
    await user.click(save);
    await user.click(screen.getByRole("button", { name: /^Go to A/ }));
    expect(value()).toEqual([1, 1]);
    screen.getByRole("button", { name: /^Here/ }).focus();
    await user.keyboard("{Shift>}{ArrowRight}{/Shift}");
    expect((value() as number[])[0]).toBeLessThan(1);
    expect((value() as number[])[0]).toBeGreaterThan(-1);
    screen.getByRole("button", { name: /^Go to A/ }).focus();
    await user.keyboard("{Delete}");
    expect(screen.queryByRole("group", { name: /^Map/ })).toBeNull();
    act(() => { useToasts.getState().shown.at(-1)?.undo?.(); });
    expect(screen.getByRole("group", { name: /^Map/ })).toBeTruthy();
    cleanup();
    tried(of);
    expect(screen.getAllByRole("button", { name: /^Go to/ })).toHaveLength(2);
  });

  it("a vector walks until it is stopped", () => {
    vi.useFakeTimers();
    const value = tried(port("vector", { length: 3 }), [0, 0, 0]);
    fireEvent.click(screen.getByRole("button", { name: "Walk" }));
    act(() => { vi.advanceTimersByTime(1000); });
    const there = value();
    expect(there).not.toEqual([0, 0, 0]);
    fireEvent.click(screen.getByRole("button", { name: "Walk" }));
    act(() => { vi.advanceTimersByTime(5000); });
    expect(value()).toBe(there);
    vi.useRealTimers();
  });

  it("a point is added, moved and taken away", async () => {
    const value = tried(port("points"));
    fireEvent.load(screen.getByRole("img", { hidden: true }));
    await user.click(screen.getByRole("button", { name: "Add in the middle" }));
    screen.getByRole("button", { name: /^Point 1/ }).focus();
    await user.keyboard("{ArrowRight}{ArrowUp}");
    expect(value()).toEqual([{ x: 0.51, y: 0.49 }]);
    await user.keyboard("{Delete}");
    expect(value()).toEqual([]);
  });

  it("a box is added, moved, made larger and named", async () => {
    const value = tried(port("bounding_boxes"));
    fireEvent.load(screen.getByRole("img", { hidden: true }));
    await user.click(screen.getByRole("button", { name: "Add in the middle" }));
    screen.getByRole("button", { name: /^Box 1/ }).focus();
    await user.keyboard("{ArrowRight}{Control>}{ArrowDown}{/Control}");
    await user.type(screen.getByRole("textbox"), "fox");
    expect(value()).toMatchObject([{ x0: expect.closeTo(0.31) as number, x1: expect.closeTo(0.71) as number, y1: expect.closeTo(0.71) as number, label: "fox" }]);
  });

  it("landmarks are laid out, and moved", async () => {
    const value = tried(CASES["landmarks"]?.port ?? port("landmarks"));
    fireEvent.load(screen.getByRole("img", { hidden: true }));
    await user.click(screen.getByRole("button", { name: "Lay them out" }));
    screen.getByRole("button", { name: /^left hand/ }).focus();
    await user.keyboard("{Shift>}{ArrowDown}{/Shift}");
    expect(value()).toMatchObject([{ name: "left_hand", y: expect.closeTo(0.2) as number }, { name: "right_hand" }]);
  });

  it("items are added to a list and taken out", async () => {
    const value = tried(port("list", { items: { type: "number", constraints: {} } }), [1]);
    await user.click(screen.getByRole("button", { name: "Add" }));
    await user.type(screen.getAllByRole("spinbutton")[1] ?? document.body, "7");
    expect(value()).toEqual([1, 7]);
    await user.click(screen.getByRole("button", { name: "Remove 1" }));
    expect(value()).toEqual([7]);
  });

  it("JSON is taken when it is whole, and said not to be JSON before", async () => {
    const value = tried(port("json"));
    await user.click(screen.getByRole("textbox"));
    await user.paste('{"a": [1');
    expect(screen.getByText(/not JSON yet/)).toBeTruthy();
    await user.paste("]}");
    expect(value()).toEqual({ a: [1] });
  });
});

describe("files", () => {
  const fox = new File(["fox"], "fox.png", { type: "image/png" });
  const user = userEvent.setup({ applyAccept: false });

  it.each(["image", "file", "video", "mask", "directory"])("one that is chosen is sent, and becomes the value of %s", async (type) => {
    const value = tried(port(type));
    await user.upload(screen.getByLabelText(/^Choose/, { selector: "input" }), fox);
    await vi.waitFor(() => { expect(wrongWith(port(type), value())).toBeNull(); });
  });

  it("a picture that is pasted anywhere is taken", async () => {
    const value = tried(port("image"));
    fireEvent.paste(window, { clipboardData: { files: [fox] } });
    await vi.waitFor(() => { expect(value()).toMatchObject({ name: "fox.png" }); });
  });

  it("a picture that cannot be sent says why", async () => {
    upload.mockRejectedValueOnce(new Error("The server does not answer."));
    tried(port("image"));
    await user.upload(screen.getByLabelText(/^Choose/, { selector: "input" }), fox);
    expect((await screen.findByRole("alert")).textContent).toMatch("The server does not answer.");
  });

  it("a picture is fetched from an address, and what is wrong with the address stands beside it", async () => {
    const value = tried(port("image"));
    await user.click(screen.getByRole("button", { name: "From the web" }));
    const field = screen.getByRole("textbox", { name: /^Address/ });
    const said = () => document.getElementById(field.getAttribute("aria-describedby") ?? "")?.textContent;
    await user.type(field, "fox.png{Enter}");
    expect(said()).toMatch("begins with https://");
    fetched.mockRejectedValueOnce(Object.assign(new Error("example.com cannot be reached."), { problem: { hint: "Is it spelt right?" } }));
    await user.clear(field);
    await user.type(field, "https://example.com/fox.png{Enter}");
    await vi.waitFor(() => { expect(said()).toBe("example.com cannot be reached. Is it spelt right?"); });
    fetched.mockResolvedValueOnce({ blob: "a", name: "fox.html", media_type: "text/html", size_bytes: 1 });
    await user.type(field, "{Enter}");
    await vi.waitFor(() => { expect(said()).toMatch("is no picture"); });
    await user.type(field, "{Enter}");
    await vi.waitFor(() => { expect(value()).toMatchObject({ name: "fox.png" }); });
    expect(screen.queryByRole("dialog")).toBeNull();
  });

  it("a picture is taken away again", async () => {
    const value = tried(port("image"), { blob: "c" });
    await user.click(screen.getByRole("button", { name: "Remove the picture" }));
    expect(value()).toBeUndefined();
  });
});

describe.each(Object.entries(CASES))("%s, disabled", (type, { port: of, sample }) => {
  it("takes nothing", async () => {
    const onChange = vi.fn();
    const user = userEvent.setup({ pointerEventsCheck: 0 });
    upload.mockClear();
    const { container } = render(<fieldset disabled><Tried of={of} start={sample} onChange={onChange} /></fieldset>);
    for (const picture of container.querySelectorAll("img")) fireEvent.load(picture);
    const controls = [...container.querySelectorAll("button, input, select, textarea")];
    expect(controls.length).toBeGreaterThan(0);
    for (const one of controls) {
      expect(one.matches(":disabled")).toBe(true);
      if (one instanceof HTMLButtonElement) await user.click(one);
    }
    const fox = new File(["fox"], "fox.png", { type: "image/png" });
    for (const one of container.querySelectorAll("[class*=drop]")) fireEvent.drop(one, { dataTransfer: { types: ["Files"], files: [fox] } });
    fireEvent.paste(window, { clipboardData: { files: [fox] } });
    expect([type, onChange.mock.calls, upload.mock.calls]).toEqual([type, [], []]);
  });

  it("says what is wrong beside it", () => {
    const { Input } = widgetOf(of.type);
    render(<ToolsContext value={tools}><Input id="thing" port={of} value={sample} onChange={() => undefined} wrong="Expected a fox." scene={{ picture: "/photo.jpg" }} /></ToolsContext>);
    expect(screen.getAllByText("Expected a fox.")).toHaveLength(1);
  });
});

describe("what a form starts with", () => {
  it("is the default, or what is plainly nothing", () => {
    expect(emptyOf(port("number", {}, { default: 0 }))).toBe(0);
    expect(emptyOf(port("text"))).toBe("");
    expect(emptyOf(port("boolean"))).toBe(false);
    expect(emptyOf(port("image"))).toBeUndefined();
  });
});
