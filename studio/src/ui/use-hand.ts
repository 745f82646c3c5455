import type { KeyboardEvent, PointerEvent, RefObject } from "react";
import { useRef, useState } from "react";
import type { Spot } from "./paint";
import type { Painting } from "./painting";
import { arrowStep, placeOf, within } from "./places";

/** What moves over a painting: a pointer, or the arrow keys. */
export interface Hand {
  onPointerDown: (event: PointerEvent<HTMLElement>) => void;
  onPointerMove: (event: PointerEvent<HTMLElement>) => void;
  onPointerUp: (event: PointerEvent<HTMLElement>) => void;
  onDoubleClick?: () => void;
  /** Whether the key was for it. */
  onKey: (event: KeyboardEvent) => boolean;
}

interface HandProps {
  painting: Painting | null;
  /** What shows where the hand is. */
  cursor: RefObject<HTMLElement | null>;
  onSettled: () => void;
}

function spotOf(event: { clientX: number; clientY: number }, element: Element, painting: Painting): Spot {
  const box = element.getBoundingClientRect();
  return [((event.clientX - box.left) / box.width) * painting.width, ((event.clientY - box.top) / box.height) * painting.height];
}

function show(cursor: RefObject<HTMLElement | null>, [x, y]: Spot, { width, height }: Painting) {
  if (!cursor.current) return;
  cursor.current.style.left = `${String((x / width) * 100)}%`;
  cursor.current.style.top = `${String((y / height) * 100)}%`;
}

/** Where an arrow key takes a spot; null for other keys. */
function stepped(event: KeyboardEvent, [x, y]: Spot, { width, height }: Painting): Spot | null {
  const step = arrowStep(event);
  return step && [within(x / width + step.x) * width, within(y / height + step.y) * height];
}

/** Brush, eraser and fill: press and draw; with the keyboard, Space puts the brush down and lifts it. */
export function useBrush({ painting, cursor, onSettled }: HandProps, { isFill, value, size, isLike }: { isFill: boolean; value: number; size: number; isLike?: (one: number, other: number) => boolean }): Hand {
  const spot = useRef<Spot | null>(null);
  const pressed = useRef(new Set<number>()); // the pointers that are down
  const isDown = useRef(false);
  const press = (at: Spot, from: Spot = at) => {
    spot.current = at;
    isDown.current = true;
    if (!isFill) painting?.stroke(from, at, { value, size });
  };
  const lift = () => {
    if (isFill && spot.current) painting?.fill(spot.current, value, isLike);
    isDown.current = false;
    if (painting?.settle()) onSettled();
  };
  return {
    onPointerDown: (event) => {
      if (event.button !== 0 || !painting) return;
      pressed.current.add(event.pointerId);
      if (pressed.current.size > 1) { // two fingers zoom
        isDown.current = false;
        painting.abandon();
        return;
      }
      event.currentTarget.setPointerCapture(event.pointerId);
      press(spotOf(event, event.currentTarget, painting), event.shiftKey ? spot.current ?? undefined : undefined);
    },
    onPointerMove: (event) => {
      if (!painting) return;
      const to = spotOf(event, event.currentTarget, painting);
      show(cursor, to, painting);
      if (!isDown.current || isFill || pressed.current.size !== 1) return;
      const between = event.nativeEvent.getCoalescedEvents?.() ?? []; // eslint-disable-line @typescript-eslint/no-unnecessary-condition -- not in every browser, and not where the page is not secure
      for (const one of [...between.map((each) => spotOf(each, event.currentTarget, painting)), to]) {
        painting.stroke(spot.current ?? one, one, { value, size });
        spot.current = one;
      }
    },
    onPointerUp: (event) => {
      if (pressed.current.delete(event.pointerId) && isDown.current) lift();
    },
    onKey: (event) => {
      if (!painting) return false;
      const from = spot.current ?? [painting.width / 2, painting.height / 2];
      const to = stepped(event, from, painting);
      if (to) {
        if (isDown.current && !isFill) painting.stroke(from, to, { value, size });
        spot.current = to;
        show(cursor, to, painting);
      } else if (event.key === " " || event.key === "Enter") {
        show(cursor, from, painting);
        const wasDown = isDown.current;
        if (!wasDown) press(from);
        if (wasDown || isFill || event.key === "Enter") lift();
      } else if (event.key === "Escape" && isDown.current) {
        isDown.current = false;
        painting.abandon();
      } else return false;
      return true;
    },
  };
}

/** A polygon: press for each corner; the first one, a double click or Enter closes it, Backspace takes the last corner back. */
export function usePolygon({ painting, cursor, onSettled }: HandProps, value: number): Hand & { corners: readonly Spot[]; drop: () => void } {
  const [corners, setCorners] = useState<readonly Spot[]>([]);
  const spot = useRef<Spot | null>(null);
  const fingers = useRef(0); // how many there were at once: with two one zooms
  const close = () => {
    painting?.polygon(corners, value);
    setCorners([]);
    if (painting?.settle()) onSettled();
  };
  const isAtStart = (event: PointerEvent<HTMLElement>): boolean => {
    const [first] = corners;
    if (!first || corners.length < 3 || !painting) return false;
    const place = placeOf(event, event.currentTarget);
    const box = event.currentTarget.getBoundingClientRect();
    return Math.hypot((place.x - first[0] / painting.width) * box.width, (place.y - first[1] / painting.height) * box.height) < 10;
  };
  return {
    corners,
    drop: () => { setCorners([]); },
    onPointerDown: (event) => {
      if (event.button === 0) fingers.current = event.isPrimary ? 1 : 2;
    },
    onPointerMove: (event) => {
      if (painting) show(cursor, spotOf(event, event.currentTarget, painting), painting);
    },
    onPointerUp: (event) => {
      if (event.button !== 0 || !event.isPrimary || fingers.current !== 1 || !painting) return;
      if (isAtStart(event)) close();
      else setCorners([...corners, spotOf(event, event.currentTarget, painting)]);
    },
    onDoubleClick: close,
    onKey: (event) => {
      if (!painting) return false;
      const from = spot.current ?? [painting.width / 2, painting.height / 2];
      const to = stepped(event, from, painting);
      if (to) spot.current = to;
      else if (event.key === " ") setCorners([...corners, from]);
      else if (event.key === "Enter" && corners.length > 2) close();
      else if (event.key === "Backspace" && corners.length) setCorners(corners.slice(0, -1));
      else if (event.key === "Escape" && corners.length) setCorners([]);
      else return false;
      show(cursor, spot.current ?? from, painting);
      return true;
    },
  };
}
