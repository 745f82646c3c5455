import { use, useState } from "react";
import { create } from "zustand";
import { ShelfContext } from "./widget";
import type { SavedPoint } from "./vector-space";

const LONGEST = 20_000; // numbers; a browser keeps few megabytes of each page

function isPoint(one: unknown): one is SavedPoint {
  const point = one as Partial<SavedPoint> | null;
  return typeof point?.name === "string" && typeof point.x === "number" && typeof point.y === "number" && Array.isArray(point.numbers) && point.numbers.every((number) => typeof number === "number");
}

/** What was kept under a name, as far as it is what it should be. */
export function readPoints(key: string): SavedPoint[] {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(key) ?? "[]");
    return Array.isArray(found) ? found.filter(isPoint) : [];
  } catch {
    return []; // not ours, or the browser keeps nothing
  }
}

interface Shelf {
  byKey: Record<string, SavedPoint[]>;
  /** Why the last could not be kept. */
  wrong: string | null;
  put: (key: string, make: (points: SavedPoint[]) => SavedPoint[]) => void;
}

const useShelf = create<Shelf>((set, get) => ({
  byKey: {},
  wrong: null,
  put: (key, make) => {
    const points = make(get().byKey[key] ?? readPoints(key));
    set({ byKey: { ...get().byKey, [key]: points }, wrong: null });
    try {
      localStorage.setItem(key, JSON.stringify(points));
    } catch {
      set({ wrong: "The browser keeps no more points. Remove some; the last is gone when the page is closed." });
    }
  },
}));

interface Saved {
  points: SavedPoint[];
  change: (make: (points: SavedPoint[]) => SavedPoint[]) => void;
  /** Why no more can be saved. */
  wrong: string | null;
}

/** The saved points of a port, kept in this browser from one visit to the next. */
export function useSavedPoints(port: string, length: number): Saved {
  const key = `gesso-points ${use(ShelfContext)} ${port} ${String(length)}`; // of another length, they cannot be mixed
  const [stored] = useState(() => readPoints(key));
  const points = useShelf(({ byKey }) => byKey[key]) ?? stored;
  const wrong = useShelf((shelf) => shelf.wrong);
  return {
    points,
    wrong: length > LONGEST ? `Points of more than ${String(LONGEST)} numbers are not saved.` : wrong,
    change: (make) => { useShelf.getState().put(key, make); },
  };
}
