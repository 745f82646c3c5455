import type { KeyboardEvent, PointerEvent, ReactNode } from "react";
import { useRef } from "react";
import { PictureView } from "./picture-view";
import type { Stage } from "./picture-view";
import styles from "./places.module.css";

/** A place in a picture: fractions of its width and height from the top left. */
export interface Place {
  x: number;
  y: number;
}

const BLANK = `data:image/svg+xml,${encodeURIComponent('<svg xmlns="http://www.w3.org/2000/svg" width="640" height="480"><rect width="640" height="480" fill="#808080" fill-opacity=".25"/></svg>')}`;

export const within = (value: number): number => Math.min(1, Math.max(0, value));

/** Where a pointer is, as a place in the element that lies over the picture. */
export function placeOf(event: PointerEvent, element: Element): Place {
  const box = element.getBoundingClientRect();
  return { x: within((event.clientX - box.left) / box.width), y: within((event.clientY - box.top) / box.height) };
}

/** A step of an arrow key, smaller with Alt, larger with Shift; null for other keys. */
export function arrowStep(event: KeyboardEvent): Place | null {
  const step = event.shiftKey ? 0.05 : event.altKey ? 0.001 : 0.01;
  const steps: Record<string, Place> = {
    ArrowLeft: { x: -step, y: 0 },
    ArrowRight: { x: step, y: 0 },
    ArrowUp: { x: 0, y: -step },
    ArrowDown: { x: 0, y: step },
  };
  return steps[event.key] ?? null;
}

interface PlaceEditorProps {
  picture: string | undefined;
  label: string;
  places: (Place & { name: string })[];
  onMove: (index: number, place: Place) => void;
  /** Left out: there are as many as there are. */
  onAdd?: ((place: Place) => void) | undefined;
  onRemove?: (index: number) => void;
  lines?: (stage: Stage) => ReactNode;
}

/** Points on a picture: press to add one, drag or use the arrow keys to move it, Delete takes it away. */
export function PlaceEditor({ picture, label, places, onMove, onAdd, onRemove, lines }: PlaceEditorProps) {
  const held = useRef<number | null>(null);
  return (
    <PictureView
      src={picture ?? BLANK}
      alt={label}
      isDraggable={false}
      overlay={(stage) => (
        <div
          className={styles.layer}
          data-adds={onAdd ? "" : undefined}
          onPointerDown={(event) => {
            if (event.button === 0 && event.target === event.currentTarget) onAdd?.(placeOf(event, event.currentTarget));
          }}
        >
          {lines?.(stage)}
          {places.map((place, index) => (
            <button
              key={index}
              type="button"
              className={styles.point}
              style={{ left: `${String(place.x * 100)}%`, top: `${String(place.y * 100)}%` }}
              aria-label={`${place.name}: ${String(Math.round(place.x * 100))} % from the left, ${String(Math.round(place.y * 100))} % from the top`}
              title={place.name}
              onPointerDown={(event) => {
                event.stopPropagation();
                held.current = index;
                event.currentTarget.setPointerCapture(event.pointerId);
              }}
              onPointerMove={(event) => {
                const layer = event.currentTarget.parentElement;
                if (held.current === index && layer) onMove(index, placeOf(event, layer));
              }}
              onPointerUp={() => {
                held.current = null;
              }}
              onKeyDown={(event) => {
                const step = arrowStep(event);
                if (step) onMove(index, { x: within(place.x + step.x), y: within(place.y + step.y) });
                else if (event.key === "Delete" || event.key === "Backspace") onRemove?.(index);
                else return;
                event.preventDefault();
                event.stopPropagation();
              }}
            />
          ))}
        </div>
      )}
    />
  );
}

/** A picture, or a grey ground, to draw places over. */
export const groundOf = (picture: string | undefined): string => picture ?? BLANK;
