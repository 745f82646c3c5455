import { useState } from "react";
import { Button } from "@/ui/button";
import { Slider } from "@/ui/controls";
import { Said } from "@/ui/field";
import { PlaceEditor, groundOf } from "@/ui/places";
import placeStyles from "@/ui/places.module.css";
import { PictureView } from "@/ui/picture-view";
import type { Stage } from "@/ui/picture-view";
import type { Port } from "@/api/types";
import type { InputProps, OutputProps, Widget } from "./widget";
import { titleOf } from "./widget";
import styles from "./widgets.module.css";

interface Landmark {
  name: string;
  x: number;
  y: number;
  confidence?: number;
}

const SIDES = [
  { name: "Left", colour: "#ffb000", test: /(^|_)left(_|$)/ },
  { name: "Right", colour: "#5cc8ff", test: /(^|_)right(_|$)/ },
];
const MIDDLE = { name: "Middle", colour: "#ffffff" };
const LIKELY = 0.5;

const landmarksOf = (value: unknown): Landmark[] => (Array.isArray(value) ? (value as Landmark[]) : []);
const namesOf = (port: Port): string[] => (Array.isArray(port.constraints["names"]) ? (port.constraints["names"] as string[]) : []);
const linesOf = (port: Port): [string, string][] => (Array.isArray(port.constraints["connections"]) ? (port.constraints["connections"] as [string, string][]) : []);
const sideOf = (name: string) => SIDES.find((side) => side.test.test(name)) ?? MIDDLE;
const spoken = (name: string) => name.replaceAll("_", " ");

/** The lines between landmarks and, on outputs, the landmarks themselves. */
function Skeleton({ stage, port, landmarks, least, hasPoints }: { stage: Stage; port: Port; landmarks: Landmark[]; least: number; hasPoints: boolean }) {
  const { width, height, scale } = stage;
  const shown = new Map(landmarks.filter((one) => (one.confidence ?? 1) >= least).map((one) => [one.name, one]));
  return (
    <svg className={placeStyles.lines} viewBox={`0 0 ${String(width)} ${String(height)}`} preserveAspectRatio="none" style={hasPoints ? { pointerEvents: "auto" } : undefined} aria-hidden="true">
      {linesOf(port).map(([from, to]) => {
        const [a, b] = [shown.get(from), shown.get(to)];
        if (!a || !b) return null;
        const ends = { x1: a.x * width, y1: a.y * height, x2: b.x * width, y2: b.y * height };
        const colour = sideOf(from) === sideOf(to) ? sideOf(from).colour : MIDDLE.colour;
        return (
          <g key={`${from} ${to}`}>
            <line {...ends} stroke="#000" strokeOpacity={0.55} strokeWidth={4.5} strokeLinecap="round" />
            <line {...ends} stroke={colour} strokeWidth={2.25} strokeLinecap="round" />
          </g>
        );
      })}
      {hasPoints && [...shown.values()].map((one) => (
        <circle key={one.name} cx={one.x * width} cy={one.y * height} r={4 / scale} fill={sideOf(one.name).colour} stroke="#000" strokeOpacity={0.7} strokeWidth={1.25}>
          <title>{`${spoken(one.name)}, ${String(Math.round((one.confidence ?? 1) * 100))} %`}</title>
        </circle>
      ))}
    </svg>
  );
}

function Input({ port, value, onChange, wrong, scene, id }: InputProps) {
  const landmarks = landmarksOf(value);
  const names = namesOf(port);
  const start = () => {
    onChange(names.map((name, index) => {
      const turn = (2 * Math.PI * index) / Math.max(1, names.length);
      return { name, x: 0.5 + 0.35 * Math.sin(turn), y: 0.5 - 0.35 * Math.cos(turn), confidence: 1 };
    }));
  };
  return (
    <div className={styles.layered} role="group" aria-label={titleOf(port)} id={id}>
      <PlaceEditor
        picture={scene.picture}
        label={titleOf(port)}
        places={landmarks.map((one) => ({ ...one, name: spoken(one.name) }))}
        onAdd={names.length ? undefined : (place) => { onChange([...landmarks, { ...place, name: `point ${String(landmarks.length + 1)}`, confidence: 1 }]); }}
        onMove={(index, place) => { onChange(landmarks.map((one, at) => (at === index ? { ...one, ...place } : one))); }}
        lines={(stage) => <Skeleton stage={stage} port={port} landmarks={landmarks} least={0} hasPoints={false} />}
      />
      <div className={styles.legend}>
        <Said wrong={wrong}>{landmarks.length ? "Drag the landmarks to their places." : names.length ? "No landmarks yet." : "Press on the picture to set a landmark."}</Said>
        {names.length > 0 && !landmarks.length && <Button look="quiet" className={styles.grow} onClick={start}>Lay them out</Button>}
        {landmarks.length > 0 && <Button look="quiet" className={styles.grow} onClick={() => { onChange(undefined); }}>Clear</Button>}
      </div>
    </div>
  );
}

function Output({ port, value, scene }: OutputProps) {
  const landmarks = landmarksOf(value);
  const [least, setLeast] = useState(LIKELY);
  const shown = landmarks.filter((one) => (one.confidence ?? 1) >= least);
  const sides = [...new Set(landmarks.map((one) => sideOf(one.name)))];
  return (
    <PictureView
      src={groundOf(scene.picture)}
      alt={`${titleOf(port)}: ${String(shown.length)} of ${String(landmarks.length)}`}
      overlay={(stage) => <Skeleton stage={stage} port={port} landmarks={landmarks} least={least} hasPoints />}
      chips={
        <span className={styles.chips}>
          {landmarks.length === 0 && <span className={styles.busy}>Nobody was found in the picture.</span>}
          {sides.length > 1 && (
            <span className={styles.busy}>
              {sides.map((side) => <span key={side.name} className={styles.side}><i style={{ background: side.colour }} />{side.name}</span>)}
            </span>
          )}
          {landmarks.length > 0 && (
            <label className={styles.busy}>
              From {Math.round(least * 100)} %
              <Slider aria-label="Least confidence" value={least} min={0} max={1} step={0.05} onChange={setLeast} style={{ width: 64 }} />
              <span style={{ minWidth: 56 }}>{shown.length} of {landmarks.length}</span>
            </label>
          )}
        </span>
      }
    />
  );
}

export const widget: Widget = {
  shape: () => "large",
  Input,
  Output,
  check: (port, value) => {
    if (!Array.isArray(value)) return "Set the landmarks on the picture.";
    const names = namesOf(port);
    if (value.length && names.length && value.length !== names.length) return `Set all ${String(names.length)} landmarks, or none.`;
    return landmarksOf(value).every(({ x, y }) => x >= 0 && x <= 1 && y >= 0 && y <= 1) ? null : "Landmarks lie inside the picture.";
  },
};
