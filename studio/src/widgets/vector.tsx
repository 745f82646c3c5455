import { BookmarkPlus, ChevronLeft, ChevronRight, Dices, Footprints, Minus, Pause, Play } from "lucide-react";
import { useEffect, useEffectEvent, useRef, useState } from "react";
import type { Port } from "@/api/types";
import { plainNumber } from "@/ui/amounts";
import { Bars } from "@/ui/bars";
import { Button, IconButton } from "@/ui/button";
import { Slider, TextInput } from "@/ui/controls";
import { Field } from "@/ui/field";
import { Plane } from "@/ui/plane";
import { useToasts } from "@/ui/toasts";
import { useSavedPoints } from "./use-saved-points";
import type { SavedPoint, Space } from "./vector-space";
import { clipped, drawn, freeName, freeSpot, meanOf, mixed, sharesAt, stepped, walked } from "./vector-space";
import type { InputProps, OutputProps, Widget } from "./widget";
import { numberWord, titleOf } from "./widget";
import styles from "./widgets.module.css";

const FREE_LENGTH = 8; // of a vector whose length the model leaves open
const GROUP = 8; // numbers with a slider at once
const STEP = 0.15; // of the spread: near enough to look like a neighbour
const WALK_STEP = 0.08;
const WALK_MS = 320; // longer than the bench waits before it runs by itself

const numbersOf = (value: unknown): number[] => (Array.isArray(value) ? (value as number[]) : []);

function spaceOf(port: Port, numbers: number[]): Space & { low: number; high: number } {
  const mean = numberWord(port, "sampling_mean") ?? 0;
  const std = numberWord(port, "sampling_std") ?? 1;
  const ge = numberWord(port, "ge");
  const le = numberWord(port, "le");
  return { mean, std, ge, le, low: ge ?? mean - 3 * std, high: le ?? mean + 3 * std, length: numberWord(port, "length") ?? (numbers.length || FREE_LENGTH) };
}

function Input({ port, value, onChange, wrong, id }: InputProps) {
  const given = numbersOf(value);
  const space = spaceOf(port, given);
  const numbers = given.length ? given : meanOf(space);
  const [group, setGroup] = useState(0);
  const first = Math.min(group, Math.ceil(space.length / GROUP) - 1) * GROUP;
  const set = (index: number, number: number) => {
    onChange(numbers.map((one, at) => (at === index ? clipped(number, space) : one)));
    setGroup(Math.floor(index / GROUP));
  };
  return (
    <div className={styles.page}>
      <div className={styles.vector} role="group" aria-labelledby={id} aria-describedby={`${id}-about`}>
        <Field label={titleOf(port)} labelId={id} isNameUnseen about={port.description} wrong={wrong}>
          <Bars numbers={numbers} low={space.low} high={space.high} chosen={[first, first + GROUP]} onDraw={set} />
        </Field>
        <Moves space={space} numbers={numbers} onChange={onChange} />
        {space.length > GROUP && <Pages first={first} length={space.length} onChange={(start) => { setGroup(start / GROUP); }} />}
        <div className={styles.sliders}>
          {numbers.slice(first, first + GROUP).map((number, at) => (
            <OneNumber key={first + at} index={first + at} number={number} space={space} onChange={(made) => { set(first + at, made); }} />
          ))}
        </div>
        <SavedPoints port={port} space={space} numbers={numbers} onChange={onChange} />
      </div>
    </div>
  );
}

function OneNumber({ index, number, space, onChange }: { index: number; number: number; space: Space & { low: number; high: number }; onChange: (number: number) => void }) {
  const name = `Number ${String(index + 1)}`;
  return (
    <div className={styles.slider}>
      <span aria-hidden="true">{index + 1}</span>
      <Slider aria-label={name} title="Double-click: back to the mean" value={number} min={space.low} max={space.high} step={(space.high - space.low) / 200 || 1} onChange={onChange} onDoubleClick={() => { onChange(space.mean); }} />
      <TextInput type="number" aria-label={`${name}, written`} className={styles.short} step="any" value={plainNumber(number)} onChange={(event) => { if (event.target.value !== "") onChange(event.target.valueAsNumber); }} />
    </div>
  );
}

/** Which of the numbers have their sliders below. */
function Pages({ first, length, onChange }: { first: number; length: number; onChange: (first: number) => void }) {
  return (
    <div className={styles.pages}>
      <IconButton label="The numbers before" disabled={first === 0} onClick={() => { onChange(first - GROUP); }}><ChevronLeft /></IconButton>
      <span aria-live="polite">{first + 1}–{Math.min(length, first + GROUP)} of {length}</span>
      <IconButton label="The numbers after" disabled={first + GROUP >= length} onClick={() => { onChange(first + GROUP); }}><ChevronRight /></IconButton>
    </div>
  );
}

interface Part {
  space: Space;
  numbers: number[];
  onChange: (numbers: number[]) => void;
}

/** To a place somewhere else: at random, the mean, a step on, or a walk that goes on by itself. */
function Moves({ space, numbers, onChange }: Part) {
  const [isWalking, setWalking] = useState(false);
  const direction = useRef<number[]>([]);
  const walk = useEffectEvent(() => {
    const made = walked(numbers, direction.current, WALK_STEP, space);
    direction.current = made.direction;
    onChange(made.numbers);
  });
  useEffect(() => {
    if (!isWalking) return undefined;
    const timer = setInterval(() => { walk(); }, WALK_MS);
    return () => {
      clearInterval(timer);
    };
  }, [isWalking]);
  return (
    <div className={styles.moves}>
      <Button icon={<Dices />} onClick={() => { onChange(drawn(space)); }}>Random</Button>
      <Button icon={<Minus />} onClick={() => { onChange(meanOf(space)); }}>Mean</Button>
      <Button icon={<Footprints />} title="To a neighbour" onClick={() => { onChange(stepped(numbers, STEP, space)); }}>Step</Button>
      <Button icon={isWalking ? <Pause /> : <Play />} aria-pressed={isWalking} title="Step by step, until you stop it" onClick={() => { setWalking(!isWalking); }}>Walk</Button>
    </div>
  );
}

/** Points that were saved, and the map between them. */
function SavedPoints({ port, space, numbers, onChange }: Part & { port: Port }) {
  const saved = useSavedPoints(port.name, space.length);
  const { points } = saved;
  const [here, setHere] = useState<{ x: number; y: number; numbers: number[] } | null>(null);
  const spot = here?.numbers === numbers ? here : null; // whoever has gone elsewhere since is not on the map
  const go = (place: { x: number; y: number }, among: SavedPoint[] = points) => {
    const made = mixed(among, place, space);
    setHere({ ...place, numbers: made });
    onChange(made);
  };
  const save = () => {
    const place = spot && points.length > 1 ? { x: spot.x, y: spot.y } : freeSpot(points);
    saved.change((now) => [...now, { name: freeName(now), numbers, ...place }]);
  };
  const remove = (index: number) => {
    const gone = points[index];
    if (!gone) return;
    saved.change((now) => now.filter((point) => point !== gone));
    useToasts.getState().say({ text: `Point ${gone.name} is removed.`, undo: () => { saved.change((now) => [...now, gone]); } });
  };
  return (
    <>
      <div className={styles.saved}>
        <span className="soft">{points.length ? "Saved" : "Save points to find them again, and to go between them."}</span>
        {points.length === 1 && points.map((point) => <Button key={point.name} look="quiet" onClick={() => { go(point); }}>{point.name}</Button>)}
        <Button icon={<BookmarkPlus />} disabled={saved.wrong !== null} onClick={save}>Save point</Button>
      </div>
      {saved.wrong && <p className={styles.wrong} role="alert">{saved.wrong}</p>}
      {points.length > 1 && (
        <Plane
          label="Map between the saved points"
          marks={points}
          spot={spot}
          shares={spot ? sharesAt(points, spot) : []}
          onSpot={go}
          onMove={(index, place) => { saved.change((now) => now.map((point) => (point === points[index] ? { ...point, ...place } : point))); }}
          onRemove={remove}
        />
      )}
    </>
  );
}

function Output({ port, value }: OutputProps) {
  const numbers = numbersOf(value);
  const low = numbers.reduce((least, number) => Math.min(least, number), 0);
  const high = numbers.reduce((most, number) => Math.max(most, number), 0);
  return (
    <div className={styles.page}>
      <Field label={titleOf(port)} isNameUnseen aside={<span className="soft">{numbers.length} numbers</span>} about={numbers.length ? `From ${plainNumber(low)} to ${plainNumber(high)}.` : "No numbers."}>
        <Bars numbers={numbers} low={low} high={high} />
      </Field>
    </div>
  );
}

export const widget: Widget = {
  shape: () => "large",
  Input,
  Output,
  check: (port, value) => {
    if (!Array.isArray(value) || !value.every((number) => typeof number === "number" && Number.isFinite(number))) return "Give numbers.";
    const { ge, le } = spaceOf(port, numbersOf(value));
    const length = numberWord(port, "length");
    if (length !== undefined && value.length !== length) return `Give ${String(length)} numbers; these are ${String(value.length)}.`;
    const isOutside = numbersOf(value).some((number) => number < (ge ?? -Infinity) || number > (le ?? Infinity));
    return isOutside ? `Each number is from ${plainNumber(ge ?? -Infinity)} to ${plainNumber(le ?? Infinity)}.` : null;
  },
};
