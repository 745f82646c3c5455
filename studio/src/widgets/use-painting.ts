import { useEffect, useEffectEvent, useState } from "react";
import type { Sheet } from "@/ui/paint";
import { Painting } from "@/ui/painting";
import { waitFor } from "./pending";
import { useTools, wordsOf } from "./widget";

/** How a painting becomes a file, and a file a painting. */
export interface PaintForm {
  blank: (length: number) => Sheet["values"];
  read: (pixels: ImageData) => Sheet["values"];
  /** A file of this size, which may be larger than the sheet: that of the picture below. */
  write: (painting: Painting, size: Size) => Promise<Blob>;
  /** Whether a file may be read between its pixels. */
  isSmooth: boolean;
}

interface Size {
  width: number;
  height: number;
}

/** What a painting has been kept as, and what goes on with it while one looks elsewhere. */
interface Kept {
  value: unknown;
  size: Size;
  form: PaintForm;
  isBusy: boolean;
  isStale: boolean;
  /** A file that was chosen instead and is still being read; what is painted meanwhile goes with the sheet that it replaces. */
  chosen: { value: unknown } | null;
  /** How many files were chosen: what was on its way before the last one is not given any more. */
  turn: number;
}

const MOST_SIDE = 2048; // larger pictures are painted on at this size
const keeping = new WeakMap<Painting, Kept>();
const byValue = new WeakMap<object, Painting>(); // so that a painting is there again, with its undo, when one comes back

function load(src: string): Promise<HTMLImageElement> {
  return new Promise((resolve, reject) => {
    const image = new Image();
    image.onload = () => { resolve(image); };
    image.onerror = () => { reject(new Error("It cannot be read as a picture. Choose another file, or clear it and paint.")); };
    image.src = src;
  });
}

/** The size of the sheet for a picture. */
export function sheetSize({ width, height }: Size): Size {
  const shrink = Math.min(1, MOST_SIDE / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * shrink)), height: Math.max(1, Math.round(height * shrink)) };
}

async function readSheet(src: string, { width, height }: Size, form: PaintForm): Promise<Sheet["values"]> {
  const image = await load(src);
  await image.decode(); // beside the page's work; drawing would do it in the middle of that
  const context = Object.assign(document.createElement("canvas"), { width, height }).getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("The browser has no room for this picture.");
  context.imageSmoothingEnabled = form.isSmooth;
  context.drawImage(image, 0, 0, width, height);
  return form.read(context.getImageData(0, 0, width, height));
}

const isSize = (one: Size, other: Size) => one.width === other.width && one.height === other.height;

interface Asked {
  value: unknown;
  src: string | undefined;
  ground: string;
  now: Painting | null;
}

/** The painting that belongs to a value and a picture: the one it was made of, or what its file shows. */
async function paintingOf({ value, src, ground, now }: Asked, form: PaintForm): Promise<Painting> {
  const { naturalWidth, naturalHeight } = await load(ground);
  const size = { width: naturalWidth || 300, height: naturalHeight || 150 };
  const before = typeof value === "object" && value !== null ? byValue.get(value) : now;
  const kept = before && keeping.get(before);
  if (before && kept && kept.value === value && isSize(kept.size, size)) return before;
  const { width, height } = sheetSize(size);
  const values = src === undefined ? form.blank(width * height) : await readSheet(src, { width, height }, form);
  const made = new Painting({ width, height, values }, src === undefined);
  // What was painted over a picture of another size is a new file: it is as large as the picture.
  const isStale = kept !== undefined && kept !== null && kept.value === value && src !== undefined;
  keeping.set(made, { value, size, form, isBusy: false, isStale, chosen: null, turn: 0 });
  return made;
}

/** Put what was read into a painting that is there already, as one step, which can be taken back. False if it does not fit. */
function isTaken(read: Painting, into: Painting): boolean {
  const [kept, fresh] = [keeping.get(into), keeping.get(read)];
  if (!kept || !fresh || !isSize(kept.size, fresh.size) || isRemembered(read)) return false;
  into.replace(read.values, read.isNothing);
  into.settle();
  into.soften(0);
  kept.value = fresh.value;
  remember(kept.value, into);
  return true;
}

/** From now on a file is to take the place of what is painted. */
function awaitChosen(painting: Painting, value: unknown): void {
  const kept = keeping.get(painting);
  if (kept) Object.assign(kept, { chosen: { value }, turn: kept.turn + 1, isStale: false });
}

function forgetChosen(painting: Painting): void {
  const kept = keeping.get(painting);
  if (kept) kept.chosen = null;
}

/** Whether this is the file that was waited for; then nothing is waited for any more. */
function isArrived(painting: Painting, value: unknown): boolean {
  const chosen = keeping.get(painting)?.chosen;
  if (chosen?.value !== value || !chosen) return false;
  forgetChosen(painting);
  return true;
}

const isRemembered = (painting: Painting): boolean => {
  const value = keeping.get(painting)?.value;
  return typeof value === "object" && value !== null && byValue.get(value) === painting;
};

function remember(value: unknown, painting: Painting): void {
  if (typeof value === "object" && value !== null) byValue.set(value, painting);
}

/** What a file shows, to be looked at. */
export async function readPainting(src: string, form: PaintForm): Promise<Painting> {
  const { naturalWidth, naturalHeight } = await load(src);
  const size = sheetSize({ width: naturalWidth, height: naturalHeight });
  return new Painting({ ...size, values: await readSheet(src, size, form) }, false);
}

interface Work {
  painting: Painting | null;
  wrong: string | null;
  /** Keep what is painted now. */
  keep: () => void;
  /** Take a file that was chosen, also while what was painted before is on its way: the file is newer. */
  choose: (file: unknown) => void;
}

interface Painted {
  name: string;
  value: unknown;
  onChange: (value: unknown) => void;
  /** The picture that is painted over. */
  ground: string;
  form: PaintForm;
}

/** Paint a value: it is read when it comes from elsewhere, and kept as a file after each step. */
export function usePainting({ name, value, onChange, ground, form }: Painted): Work {
  const tools = useTools();
  const src = tools.urlOf(value);
  const [painting, setPainting] = useState<Painting | null>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  const [choices, setChoices] = useState(0);

  const send = async (made: Painting, kept: Kept) => {
    kept.isBusy = true;
    setWrong(null);
    try {
      let file: object | string | undefined;
      let turn: number;
      do {
        kept.isStale = false;
        turn = kept.turn;
        file = made.isNothing ? undefined : await tools.upload(new File([await kept.form.write(made, kept.size)], `${name}.png`, { type: "image/png" }));
      } while (isStale(kept)); // painted on meanwhile
      if (turn !== turnOf(kept)) return;
      kept.value = file;
      if (typeof file !== "string") remember(file, made);
      onChange(file);
    } catch (error) {
      setWrong(wordsOf(error));
    } finally {
      kept.isBusy = false;
    }
  };
  const keep = (made: Painting) => {
    const kept = keeping.get(made);
    if (!kept || kept.chosen) return;
    kept.isStale = true;
    if (!kept.isBusy) waitFor(send(made, kept));
  };

  const ask = useEffectEvent(() => paintingOf({ value, src, ground, now: painting }, form));
  const take = useEffectEvent((made: Painting) => {
    const isChosen = painting !== null && isArrived(painting, keeping.get(made)?.value);
    if (painting && painting !== made && keeping.get(painting)?.isBusy && !isChosen) return; // what was painted meanwhile is newer
    setWrong(null);
    if (painting && painting !== made && isTaken(made, painting)) return;
    remember(keeping.get(made)?.value, made);
    setPainting(made);
    if (keeping.get(made)?.isStale) keep(made);
  });
  const fail = useEffectEvent((error: unknown) => {
    if (painting) forgetChosen(painting); // it cannot be read: one paints on
    setWrong(wordsOf(error));
  });
  useEffect(() => {
    let isGone = false;
    ask().then(
      (made) => { if (!isGone) take(made); },
      (error: unknown) => { if (!isGone) fail(error); },
    );
    return () => {
      isGone = true;
    };
  }, [src, ground, choices]);

  const choose = (file: unknown) => {
    if (painting) awaitChosen(painting, file);
    setChoices((count) => count + 1);
    onChange(file);
  };
  return { painting, wrong, keep: () => { if (painting) keep(painting); }, choose };
}

const isStale = (kept: Kept): boolean => kept.isStale; // asked anew each time: it changes while one waits
const turnOf = (kept: Kept): number => kept.turn; // this, too
