import type { KeyboardEvent, PointerEvent, RefObject } from "react";
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import type { Place, Size } from "./zoom";
import { fitted, moved, zoomed } from "./zoom";

const MIDDLE = 1; // the wheel's button moves a picture also where the other one draws

export interface Zoom {
  place: Place;
  isFitted: boolean;
  fit: () => void;
  /** To a scale, around the middle. */
  scaleTo: (scale: number) => void;
  by: (factor: number, x?: number, y?: number) => void;
  onPointerDown: (event: PointerEvent) => void;
  onPointerMove: (event: PointerEvent) => void;
  onPointerUp: (event: PointerEvent) => void;
  onKeyDown: (event: KeyboardEvent) => void;
}

/** Zoom and pan of a picture in a view: wheel, two fingers, dragging, and the keys + - 0 1 and arrows. */
export function useZoom(view: RefObject<HTMLElement | null>, picture: Size | null, isDraggable: boolean): Zoom {
  const [room, setRoom] = useState<Size>({ width: 1, height: 1 });
  const [chosen, setChosen] = useState<Place | null>(null); // null: fitted, and stays so when the view changes
  const fingers = useRef(new Map<number, { x: number; y: number }>());
  const isThere = picture !== null;
  const known = picture ?? { width: 1, height: 1 };
  const whole = fitted(known, room);
  const place = chosen ?? whole;

  useLayoutEffect(() => {
    const element = view.current;
    if (!element) return undefined;
    const measure = () => {
      setRoom({ width: element.clientWidth, height: element.clientHeight });
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => {
      observer.disconnect();
    };
  }, [view]);

  const by = useCallback(
    (factor: number, x = room.width / 2, y = room.height / 2) => {
      if (!isThere) return; // what is not loaded yet has no size to begin with
      setChosen((now) => {
        const start = fitted(known, room);
        return zoomed(now ?? start, factor, x, y, start.scale / 2);
      });
    },
    [room.width, room.height, known.width, known.height, isThere], // eslint-disable-line react-hooks/exhaustive-deps -- both sizes are named by their sides
  );
  const pan = (dx: number, dy: number) => {
    if (isThere) setChosen((now) => moved(now ?? whole, dx, dy, known, room));
  };

  useEffect(() => {
    const element = view.current;
    if (!element) return undefined;
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      const box = element.getBoundingClientRect();
      by(Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.002)), event.clientX - box.left, event.clientY - box.top);
    };
    element.addEventListener("wheel", onWheel, { passive: false });
    return () => {
      element.removeEventListener("wheel", onWheel);
    };
  }, [view, by]);

  return {
    place,
    isFitted: chosen === null,
    fit: () => {
      setChosen(null);
    },
    scaleTo: (scale) => {
      by(scale / place.scale);
    },
    by,
    onPointerDown: (event) => {
      if (!isDraggable && event.pointerType !== "touch" && event.button !== MIDDLE) return;
      fingers.current.set(event.pointerId, { x: event.clientX, y: event.clientY });
    },
    onPointerMove: (event) => {
      const before = fingers.current.get(event.pointerId);
      if (!before) return;
      const now = { x: event.clientX, y: event.clientY };
      fingers.current.set(event.pointerId, now);
      const other = [...fingers.current.entries()].find(([id]) => id !== event.pointerId)?.[1];
      if (other) {
        const box = event.currentTarget.getBoundingClientRect();
        const gap = (at: { x: number; y: number }) => Math.max(1, Math.hypot(at.x - other.x, at.y - other.y));
        by(gap(now) / gap(before), (now.x + other.x) / 2 - box.left, (now.y + other.y) / 2 - box.top);
      } else if (chosen && (isDraggable || event.buttons & 4)) pan(now.x - before.x, now.y - before.y);
    },
    onPointerUp: (event) => {
      fingers.current.delete(event.pointerId);
    },
    onKeyDown: (event) => {
      const from = event.target as Element;
      if (event.ctrlKey || event.metaKey || event.altKey || from.matches("input:not([type=range]), textarea, select")) return;
      if (from !== event.currentTarget && event.key.startsWith("Arrow")) return; // these are for what has the focus
      const acts: Record<string, () => void> = {
        "+": () => by(1.25),
        "=": () => by(1.25),
        "-": () => by(0.8),
        "0": () => setChosen(null),
        "1": () => by(1 / place.scale),
        ArrowLeft: () => pan(40, 0),
        ArrowRight: () => pan(-40, 0),
        ArrowUp: () => pan(0, 40),
        ArrowDown: () => pan(0, -40),
      };
      const act = acts[event.key];
      if (!act) return;
      event.preventDefault();
      act();
    },
  };
}
