import { Eraser } from "lucide-react";
import { counted } from "@/ui/amounts";
import { Button } from "@/ui/button";
import { Said } from "@/ui/field";
import { PlaceEditor, groundOf } from "@/ui/places";
import type { Place } from "@/ui/places";
import placeStyles from "@/ui/places.module.css";
import { PictureView } from "@/ui/picture-view";
import type { InputProps, OutputProps, Widget } from "./widget";
import { numberWord, titleOf } from "./widget";
import styles from "./widgets.module.css";

interface Point extends Place {
  label?: string;
}

const pointsOf = (value: unknown): Point[] => (Array.isArray(value) ? (value as Point[]) : []);
const named = (points: Point[]) => points.map((point, index) => ({ ...point, name: point.label || `Point ${String(index + 1)}` })); // an empty label is none

function Input({ port, value, onChange, wrong, scene, id }: InputProps) {
  const points = pointsOf(value);
  const isFull = points.length >= (numberWord(port, "max_length") ?? 10_000);
  const add = (place: Place) => {
    onChange([...points, place]);
  };
  return (
    <div className={styles.layered} role="group" aria-label={titleOf(port)} id={id}>
      <PlaceEditor
        picture={scene.picture}
        label={titleOf(port)}
        places={named(points)}
        onAdd={isFull ? undefined : add}
        onMove={(index, place) => {
          onChange(points.map((point, at) => (at === index ? { ...point, ...place } : point)));
        }}
        onRemove={(index) => {
          onChange(points.filter((_, at) => at !== index));
        }}
      />
      <div className={styles.legend}>
        <Said wrong={wrong}>{points.length ? counted(points.length, "point") : "Press on the picture to set a point."}</Said>
        <Button look="quiet" className={styles.grow} disabled={isFull} onClick={() => { add({ x: 0.5, y: 0.5 }); }}>Add in the middle</Button>
        <Button look="quiet" icon={<Eraser />} disabled={!points.length} onClick={() => { onChange(undefined); }}>Clear</Button>
      </div>
    </div>
  );
}

function Output({ port, value, scene }: OutputProps) {
  const points = named(pointsOf(value));
  return (
    <PictureView
      src={groundOf(scene.picture)}
      alt={`${titleOf(port)}: ${String(points.length)}`}
      overlay={({ width, height, scale }) => (
        <svg className={placeStyles.lines} viewBox={`0 0 ${String(width)} ${String(height)}`} role="img" aria-label={points.map((point) => point.name).join(", ")}>
          {points.map((point, index) => (
            <circle key={index} cx={point.x * width} cy={point.y * height} r={6 / scale} fill="#ffb000" stroke="#000" strokeWidth={1.5}>
              <title>{point.name}</title>
            </circle>
          ))}
        </svg>
      )}
    />
  );
}

export const widget: Widget = {
  shape: () => "large",
  Input,
  Output,
  check: (port, value) => {
    if (!Array.isArray(value)) return "Set points on the picture.";
    const least = numberWord(port, "min_length") ?? 0;
    const most = numberWord(port, "max_length") ?? 10_000;
    if (value.length < least) return `Set at least ${String(least)} points.`;
    if (value.length > most) return `Set at most ${String(most)} points.`;
    return pointsOf(value).every(({ x, y }) => x >= 0 && x <= 1 && y >= 0 && y <= 1) ? null : "Points lie inside the picture.";
  },
};
