import { inflateSync } from "node:zlib";
import { describe, expect, it, vi } from "vitest";
import { feathered, reachOf } from "@/ui/feather";
import { fill, grown, polygon, stroke } from "@/ui/paint";
import { Painting } from "@/ui/painting";
import { png } from "@/ui/png";
import { labelForm, labelShade, maskForm, maskShade, plainRows, smoothRows } from "@/widgets/paint-forms";
import { sheetSize } from "@/widgets/use-painting";

const sheet = (width = 8, height = 8) => ({ width, height, values: new Uint8Array(width * height) });
const at = (of: { width: number; values: ArrayLike<number> }, x: number, y: number) => of.values[y * of.width + x];
const painting = () => new Painting(sheet(), true);
const pixels = (...data: number[]) => ({ data: Uint8ClampedArray.from(data) }) as unknown as ImageData;

/** The rows of a PNG file, without the byte before each. */
async function rowsOf(file: Blob, bytesPerRow: number): Promise<{ head: number[]; chunks: string[]; rows: number[][] }> {
  const data = Buffer.from(await file.arrayBuffer());
  const chunks: Record<string, Buffer> = {};
  for (let place = 8; place < data.length; place += data.readUInt32BE(place) + 12) {
    chunks[data.toString("latin1", place + 4, place + 8)] = data.subarray(place + 8, place + 8 + data.readUInt32BE(place));
  }
  const raw = inflateSync(chunks["IDAT"] ?? Buffer.alloc(0));
  const rows = Array.from({ length: raw.length / (bytesPerRow + 1) }, (_, row) => [...raw.subarray(row * (bytesPerRow + 1) + 1, (row + 1) * (bytesPerRow + 1))]);
  return { head: [...(chunks["IHDR"] ?? [])], chunks: Object.keys(chunks), rows };
}

describe("a stroke", () => {
  it("covers each pixel of its line, and says where", () => {
    const made = sheet();
    expect(stroke(made, [4, 0], [4, 8], { value: 9, size: 1 })).toMatchObject({ top: 0, bottom: 8 });
    expect([0, 3, 7].map((row) => at(made, 4, row))).toEqual([9, 9, 9]);
    expect(at(made, 0, 4)).toBe(0);
  });

  it("may begin and end outside", () => {
    const made = sheet();
    stroke(made, [-20, 4.5], [30, 4.5], { value: 1, size: 3 });
    expect(made.values.filter((value) => value).length).toBe(24);
  });
});

describe("a fill", () => {
  it("stops at what is not alike, and goes around corners", () => {
    const made = sheet();
    stroke(made, [4, 0], [4, 6], { value: 9, size: 1 });
    expect(fill(made, [0, 0], 5)).toEqual({ left: 0, top: 0, right: 8, bottom: 8 });
    expect([at(made, 7, 0), at(made, 4, 0), at(made, 4, 7)]).toEqual([5, 9, 5]);
  });

  it("does nothing outside, and where it is so already", () => {
    expect(fill(sheet(), [-1, 3], 5)).toBeNull();
    expect(fill(sheet(), [3, 80], 5)).toBeNull();
    expect(fill(sheet(), [3, 3], 0)).toBeNull();
  });

  it("takes what is nearly the same, where that is asked for", () => {
    const made = sheet();
    made.values.set([3, 2, 1, 200], 0);
    fill(made, [0, 0], 255, (one, other) => one > 127 === other > 127);
    expect([...made.values.subarray(0, 4)]).toEqual([255, 255, 255, 200]);
  });
});

describe("a polygon", () => {
  it("fills its inside, also where it is hollow", () => {
    const made = sheet();
    const hook = [[0, 0], [6, 0], [6, 6], [4, 6], [4, 2], [2, 2], [2, 6], [0, 6]] as const;
    expect(polygon(made, hook, 3)).toEqual({ left: 0, top: 0, right: 6, bottom: 6 });
    expect([at(made, 1, 5), at(made, 3, 5), at(made, 5, 5), at(made, 3, 1), at(made, 6, 0)]).toEqual([3, 0, 3, 3, 0]);
  });

  it("needs three corners, and some of it inside", () => {
    expect(polygon(sheet(), [[0, 0], [4, 4]], 1)).toBeNull();
    expect(polygon(sheet(), [[20, 20], [30, 20], [30, 30]], 1)).toBeNull();
  });
});

describe("soft edges", () => {
  it("leave an even ground as it is, also at its border", () => {
    const made = { ...sheet(), values: new Uint8Array(64).fill(255) };
    expect([...feathered(made, 2, { left: 0, top: 0, right: 8, bottom: 8 })].every((value) => value === 255)).toBe(true);
  });

  it("are the same whether made of all or of a part", () => {
    const made = sheet(40, 30);
    stroke(made, [5, 5], [30, 20], { value: 255, size: 6 });
    const all = feathered(made, 2, { left: 0, top: 0, right: 40, bottom: 30 });
    const part = feathered(made, 2, { left: 10, top: 8, right: 20, bottom: 12 });
    expect([...part.subarray(0, 10)]).toEqual([...all.subarray(8 * 40 + 10, 8 * 40 + 20)]);
    expect(new Set(all).size).toBeGreaterThan(20);
  });

  it("reach no further than they say", () => {
    const made = sheet(60, 1);
    made.values.fill(255, 30);
    const soft = feathered(made, 3, { left: 0, top: 0, right: 60, bottom: 1 });
    expect([soft[29 - reachOf(3)], soft[30 + reachOf(3)]]).toEqual([0, 255]);
  });

  it("grow by no more than there is", () => {
    expect(grown({ left: 1, top: 1, right: 2, bottom: 2 }, 5, sheet(4, 3))).toEqual({ left: 0, top: 0, right: 4, bottom: 3 });
  });
});

describe("a painting", () => {
  it("takes steps back one by one, and does them again", () => {
    const made = painting();
    made.stroke([0, 0], [7, 0], { value: 1, size: 1 });
    made.stroke([7, 0], [7, 7], { value: 1, size: 1 });
    made.settle();
    made.fill([3, 4], 2);
    made.settle();
    const done = [...made.values];
    made.undo();
    expect([at(made, 3, 4), at(made, 7, 4), made.canUndo, made.canRedo]).toEqual([0, 1, true, true]);
    made.undo();
    expect([made.values.some((value) => value > 0), made.isNothing, made.canUndo]).toEqual([false, true, false]);
    made.redo();
    made.redo();
    expect([...made.values]).toEqual(done);
    expect(made.redo()).toBe(false);
  });

  it("forgets what was taken back when something new is painted", () => {
    const made = painting();
    made.fill([0, 0], 1);
    made.settle();
    made.undo();
    made.fill([0, 0], 2);
    made.settle();
    expect(made.canRedo).toBe(false);
  });

  it("is nothing when it is cleared, until that is taken back", () => {
    const made = painting();
    made.fill([0, 0], 1);
    made.settle();
    made.clear();
    made.settle();
    expect([made.isNothing, at(made, 0, 0)]).toEqual([true, 0]);
    made.undo();
    expect([made.isNothing, at(made, 0, 0)]).toEqual([false, 1]);
  });

  it("may be abandoned in the middle of a step", () => {
    const made = painting();
    const heard = vi.fn();
    made.listen(heard);
    made.stroke([0, 0], [7, 7], { value: 1, size: 2 });
    made.abandon();
    expect([made.isNothing, made.canUndo, made.values.some((value) => value > 0), made.settle()]).toEqual([true, false, false, false]);
    expect(heard).toHaveBeenCalledTimes(2);
  });
});

describe("a PNG", () => {
  it("has a grey value for each pixel", async () => {
    const { head, rows } = await rowsOf(await png({ width: 3, height: 2, kind: "grey", row: (row) => Uint8Array.of(row, 128, 255) }), 3);
    expect(head).toEqual([0, 0, 0, 3, 0, 0, 0, 2, 8, 0, 0, 0, 0]);
    expect(rows).toEqual([[0, 128, 255], [1, 128, 255]]);
  });

  it("has the numbers of its colours, or the colours", async () => {
    const numbers = await rowsOf(await png({ width: 2, height: 1, kind: "numbers", colours: [[1, 2, 3], [4, 5, 6]], row: () => Uint8Array.of(1, 0) }), 2);
    expect([numbers.chunks, numbers.rows, numbers.head[9]]).toEqual([["IHDR", "PLTE", "IDAT", "IEND"], [[1, 0]], 3]);
    const rgb = await rowsOf(await png({ width: 1, height: 1, kind: "rgb", row: () => Uint8Array.of(1, 2, 3) }), 3);
    expect([rgb.rows, rgb.head[9]]).toEqual([[[1, 2, 3]], 2]);
  });
});

describe("a mask", () => {
  it("is read by its alpha if it has any, and by its brightness if not", () => {
    expect([...maskForm.read(pixels(255, 255, 255, 255, 0, 0, 0, 255))]).toEqual([255, 0]);
    expect([...maskForm.read(pixels(0, 0, 0, 255, 255, 255, 255, 40))]).toEqual([255, 40]);
  });

  it("is written as large as its picture", async () => {
    const made = painting();
    made.stroke([0, 0], [0, 8], { value: 255, size: 4 });
    const { rows } = await rowsOf(await maskForm.write(made, { width: 16, height: 12 }), 16);
    expect([rows.length, rows[6]?.[0], rows[6]?.[15]]).toEqual([12, 255, 0]);
    expect(rows[6]?.some((value) => value > 0 && value < 255)).toBe(true);
  });

  it("is the stronger the more is chosen, with its soft edge", () => {
    const made = painting();
    made.stroke([0, 0], [0, 8], { value: 255, size: 4 });
    made.soften(0.4);
    const shown = maskShade(made, { left: 0, top: 4, right: 8, bottom: 5 }).filter((_, index) => index % 4 === 3);
    expect([...shown].every((value, index) => index === 0 || value <= (shown[index - 1] ?? 0))).toBe(true);
    expect(new Set(shown).size).toBeGreaterThan(3);
  });
});

describe("a segmentation", () => {
  const colours = ["#d60000", "#8c3bff", "#018700"];
  const three = () => {
    const made = new Painting(sheet(), false);
    made.values.set([0, 1, 2]);
    return made;
  };

  it("is read by its nearest colours, or as numbers where nothing is said of labels", () => {
    const form = labelForm(colours, true);
    expect([...form.read(pixels(214, 0, 0, 255, 140, 60, 250, 255, 0, 130, 9, 255))]).toEqual([0, 1, 2]);
    expect([...labelForm(colours, false).read(pixels(2, 2, 2, 255, 99, 99, 99, 255))]).toEqual([2, 2]);
  });

  it("is written in its labels' colours, or as numbers", async () => {
    const size = { width: 8, height: 8 };
    const labels = await rowsOf(await labelForm(colours, true).write(three(), size), 8);
    expect([labels.head[9], labels.rows[0]?.slice(0, 3)]).toEqual([3, [0, 1, 2]]);
    const ids = await rowsOf(await labelForm(colours, false).write(three(), size), 8);
    expect([ids.head[9], ids.rows[0]?.slice(0, 3)]).toEqual([0, [0, 1, 2]]);
  });

  it("with more labels than a palette holds is written in colours", async () => {
    const many = Array.from({ length: 300 }, (_, index) => `#0000${(index % 256).toString(16).padStart(2, "0")}`);
    const form = labelForm(many, true);
    const made = new Painting({ width: 1, height: 1, values: form.blank(1) }, true);
    made.fill([0, 0], 280);
    const { rows } = await rowsOf(await form.write(made, { width: 1, height: 1 }), 3);
    expect(rows).toEqual([[0, 0, 24]]);
  });

  it("shows its ground only where there is no picture, and something is painted", () => {
    const part = { left: 0, top: 0, right: 2, bottom: 1 };
    expect([...labelShade(colours, false)(three(), part)]).toEqual([0, 0, 0, 0, 140, 59, 255, 255]);
    expect([...labelShade(colours, true)(three(), part).subarray(0, 4)]).toEqual([214, 0, 0, 255]);
    expect([...labelShade(colours, true)(painting(), part)]).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
  });
});

describe("a sheet", () => {
  it("is no larger than can be painted on", () => {
    expect([sheetSize({ width: 640, height: 480 }), sheetSize({ width: 8192, height: 4096 })]).toEqual([{ width: 640, height: 480 }, { width: 2048, height: 1024 }]);
  });

  it("is enlarged with sharp or with soft steps", () => {
    const made = { width: 2, height: 1, values: Uint8Array.of(0, 200) };
    expect([...plainRows(made, 4, 2)(1)]).toEqual([0, 0, 200, 200]);
    expect([...smoothRows(made, 4, 2)(1)]).toEqual([0, 50, 150, 200]);
    expect([...smoothRows(made, 2, 1)(0)]).toEqual([0, 200]);
  });
});
