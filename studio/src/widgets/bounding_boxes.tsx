import { Eraser } from "lucide-react";
import { useState } from "react";
import { counted } from "@/ui/amounts";
import { Button } from "@/ui/button";
import { markOf } from "@/ui/colours";
import { TextInput } from "@/ui/controls";
import { Said } from "@/ui/field";
import { arrowStep, groundOf, placeOf, within } from "@/ui/places";
import placeStyles from "@/ui/places.module.css";
import { PictureView } from "@/ui/picture-view";
import type { InputProps, OutputProps, Widget } from "./widget";
import { numberWord, titleOf } from "./widget";
import styles from "./widgets.module.css";

interface Box {
  x0: number;
  y0: number;
  x1: number;
  y1: number;
  label?: string;
  confidence?: number;
}

const LEAST = 0.005;
const boxesOf = (value: unknown): Box[] => (Array.isArray(value) ? (value as Box[]) : []);
const percent = (part: number) => `${String(part * 100)}%`;
const around = (box: Box) => ({ left: percent(box.x0), top: percent(box.y0), width: percent(box.x1 - box.x0), height: percent(box.y1 - box.y0) });
const nameOf = (box: Box, index: number) => box.label || `Box ${String(index + 1)}`; // an empty label is none

function colours(boxes: Box[]): Map<string, string> {
  const labels = [...new Set(boxes.map((box) => box.label ?? ""))];
  return new Map(labels.map((label, index) => [label, markOf(index)]));
}

function moved(box: Box, dx: number, dy: number): Box {
  const x = Math.max(-box.x0, Math.min(1 - box.x1, dx));
  const y = Math.max(-box.y0, Math.min(1 - box.y1, dy));
  return { ...box, x0: box.x0 + x, x1: box.x1 + x, y0: box.y0 + y, y1: box.y1 + y };
}

function Input({ port, value, onChange, wrong, scene, id }: InputProps) {
  const boxes = boxesOf(value);
  const [chosen, setChosen] = useState<number | null>(null);
  const [corner, setCorner] = useState<{ x: number; y: number } | null>(null);
  const [drawn, setDrawn] = useState<Box | null>(null);
  const isFull = boxes.length >= (numberWord(port, "max_length") ?? 10_000);
  const change = (index: number, box: Box) => {
    onChange(boxes.map((one, at) => (at === index ? box : one)));
  };
  const add = (box: Box) => {
    onChange([...boxes, box]);
    setChosen(boxes.length);
  };
  const marks = colours(boxes);
  const current = chosen === null ? undefined : boxes[chosen];
  return (
    <div className={styles.layered} role="group" aria-label={titleOf(port)} id={id}>
      <PictureView
        src={groundOf(scene.picture)}
        alt={titleOf(port)}
        isDraggable={false}
        overlay={() => (
          <div
            className={placeStyles.layer}
            data-adds={isFull ? undefined : ""}
            onPointerDown={(event) => {
              if (event.button !== 0 || event.target !== event.currentTarget || isFull) return;
              event.currentTarget.setPointerCapture(event.pointerId);
              setCorner(placeOf(event, event.currentTarget));
            }}
            onPointerMove={(event) => {
              if (!corner) return;
              const to = placeOf(event, event.currentTarget);
              setDrawn({ x0: Math.min(corner.x, to.x), y0: Math.min(corner.y, to.y), x1: Math.max(corner.x, to.x), y1: Math.max(corner.y, to.y) });
            }}
            onPointerUp={() => {
              if (drawn && drawn.x1 - drawn.x0 > LEAST && drawn.y1 - drawn.y0 > LEAST) add(drawn);
              setCorner(null);
              setDrawn(null);
            }}
          >
            {boxes.map((box, index) => (
              <button
                key={index}
                type="button"
                className={placeStyles.box}
                data-chosen={index === chosen ? "" : undefined}
                style={{ ...around(box), "--mark": marks.get(box.label ?? "") } as React.CSSProperties}
                aria-label={`${nameOf(box, index)}. Arrows move it, Control and arrows change its size, Delete takes it away.`}
                onFocus={() => { setChosen(index); }}
                onKeyDown={(event) => {
                  const step = arrowStep(event);
                  if (step && event.ctrlKey) change(index, { ...box, x1: within(Math.max(box.x0 + LEAST, box.x1 + step.x)), y1: within(Math.max(box.y0 + LEAST, box.y1 + step.y)) });
                  else if (step) change(index, moved(box, step.x, step.y));
                  else if (event.key === "Delete" || event.key === "Backspace") onChange(boxes.filter((_, at) => at !== index));
                  else return;
                  event.preventDefault();
                  event.stopPropagation();
                }}
              />
            ))}
            {drawn && <div className={placeStyles.box} data-chosen="" style={{ ...around(drawn), "--mark": "#fff" } as React.CSSProperties} />}
          </div>
        )}
      />
      <div className={styles.legend}>
        {current && chosen !== null ? (
          <TextInput aria-label="Label of the box" placeholder="Label" style={{ width: 140 }} value={current.label ?? ""} onChange={(event) => { change(chosen, { ...current, label: event.target.value }); }} />
        ) : (
          <Said wrong={wrong}>{boxes.length ? counted(boxes.length, "box", "boxes") : "Drag over the picture to draw a box."}</Said>
        )}
        <Button look="quiet" className={styles.grow} disabled={isFull} onClick={() => { add({ x0: 0.3, y0: 0.3, x1: 0.7, y1: 0.7 }); }}>Add in the middle</Button>
        <Button look="quiet" icon={<Eraser />} disabled={!boxes.length} onClick={() => { setChosen(null); onChange(undefined); }}>Clear</Button>
      </div>
    </div>
  );
}

function Output({ port, value, scene }: OutputProps) {
  const boxes = boxesOf(value);
  const marks = colours(boxes);
  return (
    <div className={styles.layered}>
      <PictureView
        src={groundOf(scene.picture)}
        alt={`${titleOf(port)}: ${String(boxes.length)}`}
        overlay={() => (
          <div className={placeStyles.layer}>
            {boxes.map((box, index) => {
              const mark = marks.get(box.label ?? "");
              return (
                <div key={index} className={placeStyles.box} style={{ ...around(box), "--mark": mark } as React.CSSProperties}>
                  <span className={placeStyles.label} style={{ background: mark, top: -2, left: -2 }}>
                    {nameOf(box, index)} {box.confidence !== undefined && `${String(Math.round(box.confidence * 100))} %`}
                  </span>
                </div>
              );
            })}
          </div>
        )}
      />
      <div className={styles.legend}>
        {boxes.length === 0 && <span>Nothing was found.</span>}
        {[...marks].map(([label, mark]) => (
          <span key={label} className={styles.key}>
            <i style={{ background: mark }} />
            {label || "Without a label"} <span className="soft">{boxes.filter((box) => (box.label ?? "") === label).length}</span>
          </span>
        ))}
      </div>
    </div>
  );
}

export const widget: Widget = {
  shape: () => "large",
  Input,
  Output,
  check: (port, value) => {
    if (!Array.isArray(value)) return "Draw boxes on the picture.";
    const least = numberWord(port, "min_length") ?? 0;
    const most = numberWord(port, "max_length") ?? 10_000;
    if (value.length < least) return `Draw at least ${String(least)} boxes.`;
    if (value.length > most) return `Draw at most ${String(most)} boxes.`;
    return boxesOf(value).every((box) => box.x0 < box.x1 && box.y0 < box.y1) ? null : "A box has a left edge before its right one, and a top above its bottom.";
  },
};
