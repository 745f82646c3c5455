import type { KeyboardEvent, PointerEvent } from "react";
import { useRef } from "react";
import type { Place } from "./places";
import { arrowStep, placeOf, within } from "./places";
import styles from "./plane.module.css";

interface PlaneProps {
  label: string;
  marks: readonly (Place & { name: string })[];
  /** Where one is; null: nowhere on it. */
  spot: Place | null;
  /** How much of each mark there is at the spot, 0..1. */
  shares: readonly number[];
  onSpot: (place: Place) => void;
  onMove: (index: number, place: Place) => void;
  onRemove: (index: number) => void;
}

const STILL_PX = 4; // so far a hand may shake while it presses
const left = ({ x, y }: Place) => ({ left: `${String(x * 100)}%`, top: `${String(y * 100)}%` });
const said = ({ x, y }: Place) => `${String(Math.round(x * 100))} % from the left, ${String(Math.round(y * 100))} % from the top`;

/** A plane with named marks and one spot: drag in it to move the spot, press a mark to go there, drag a mark to move it. */
export function Plane({ label, marks, spot, shares, onSpot, onMove, onRemove }: PlaneProps) {
  const plane = useRef<HTMLDivElement>(null);
  const held = useRef<{ index: number; x: number; y: number; hasMoved: boolean } | null>(null);
  const shown = spot ?? { x: 0.5, y: 0.5 };
  const go = (event: PointerEvent) => {
    if (plane.current) onSpot(placeOf(event, plane.current));
  };
  const drag = (event: PointerEvent) => {
    const mark = held.current;
    if (!mark || !plane.current) return;
    mark.hasMoved ||= Math.hypot(event.clientX - mark.x, event.clientY - mark.y) > STILL_PX;
    if (mark.hasMoved) onMove(mark.index, placeOf(event, plane.current));
  };
  const onKey = (event: KeyboardEvent, from: Place, move: (place: Place) => void, remove?: () => void) => {
    const step = arrowStep(event);
    if (step) move({ x: within(from.x + step.x), y: within(from.y + step.y) });
    else if (remove && (event.key === "Delete" || event.key === "Backspace")) remove();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      ref={plane}
      className={styles.plane}
      role="group"
      aria-label={label}
      onPointerDown={(event) => {
        if (event.button !== 0 || event.target !== event.currentTarget) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        go(event);
      }}
      onPointerMove={(event) => {
        if (event.buttons & 1 && event.target === event.currentTarget) go(event);
      }}
    >
      {spot && (
        <svg className={styles.lines} aria-hidden="true">
          {marks.map((mark, index) => (
            <line key={mark.name} x1={`${String(mark.x * 100)}%`} y1={`${String(mark.y * 100)}%`} x2={`${String(spot.x * 100)}%`} y2={`${String(spot.y * 100)}%`} strokeOpacity={shares[index]} />
          ))}
        </svg>
      )}
      {marks.map((mark, index) => (
        <button
          key={mark.name}
          type="button"
          className={styles.mark}
          style={left(mark)}
          title={`${mark.name}: press to go there, drag to move it, Delete removes it`}
          aria-label={`Go to ${mark.name}, ${said(mark)}. Arrows move it, Delete removes it.`}
          onPointerDown={(event) => {
            if (event.button !== 0) return;
            held.current = { index, x: event.clientX, y: event.clientY, hasMoved: false };
            event.currentTarget.setPointerCapture(event.pointerId);
          }}
          onPointerMove={drag}
          onClick={() => {
            if (!held.current?.hasMoved) onSpot({ x: mark.x, y: mark.y });
            held.current = null;
          }}
          onKeyDown={(event) => { onKey(event, mark, (place) => { onMove(index, place); }, () => { onRemove(index); }); }}
        >
          {mark.name}
        </button>
      ))}
      <button
        type="button"
        className={styles.spot}
        data-away={spot ? undefined : ""}
        style={left(shown)}
        aria-label={spot ? `Here: ${said(spot)}. Arrows move it.` : "Not on the map. Arrows begin in its middle."}
        onPointerDown={(event) => { event.currentTarget.setPointerCapture(event.pointerId); }}
        onPointerMove={(event) => {
          if (event.buttons & 1) go(event);
        }}
        onKeyDown={(event) => { onKey(event, shown, onSpot); }}
      />
    </div>
  );
}
