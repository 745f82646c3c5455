import { Dices, Footprints, Minus } from "lucide-react";
import { useState } from "react";
import type { Port } from "@/api/types";
import { plainNumber } from "@/ui/amounts";
import { Button } from "@/ui/button";
import { Slider, TextInput } from "@/ui/controls";
import { Field } from "@/ui/field";
import type { InputProps, OutputProps, Widget } from "./widget";
import { numberWord, titleOf } from "./widget";
import styles from "./widgets.module.css";

const FREE_LENGTH = 8; // of a vector whose length the model leaves open
const MOST_BARS = 128;
const NUDGE = 0.15; // of the spread: near enough to look like a neighbour

const numbersOf = (value: unknown): number[] => (Array.isArray(value) ? (value as number[]) : []);

function words(port: Port) {
  const mean = numberWord(port, "sampling_mean") ?? 0;
  const std = numberWord(port, "sampling_std") ?? 1;
  const ge = numberWord(port, "ge");
  const le = numberWord(port, "le");
  return { mean, std, ge, le, low: ge ?? mean - 3 * std, high: le ?? mean + 3 * std, length: numberWord(port, "length") };
}

/** A number from the normal distribution (Box and Muller, 1958). */
const normal = () => Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());

function Bars({ numbers, low, high, chosen, onDraw }: { numbers: number[]; low: number; high: number; chosen?: number; onDraw?: (index: number, value: number) => void }) {
  const shown = numbers.slice(0, MOST_BARS);
  const span = high - low || 1;
  const zero = Math.min(1, Math.max(0, (0 - low) / span));
  const draw = (event: React.PointerEvent<SVGSVGElement>) => {
    if (!onDraw || !event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const box = event.currentTarget.getBoundingClientRect();
    const index = Math.min(shown.length - 1, Math.max(0, Math.floor(((event.clientX - box.left) / box.width) * shown.length)));
    const part = Math.min(1, Math.max(0, 1 - (event.clientY - box.top) / box.height));
    onDraw(index, Number((low + part * span).toFixed(4)));
  };
  return (
    <svg
      className={styles.bars}
      data-still={onDraw ? undefined : ""}
      viewBox={`0 0 ${String(Math.max(1, shown.length))} 1`}
      preserveAspectRatio="none"
      aria-hidden="true"
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        draw(event);
      }}
      onPointerMove={draw}
    >
      {shown.map((number, index) => {
        const part = Math.min(1, Math.max(0, (number - low) / span));
        return <rect key={index} data-chosen={index === chosen ? "" : undefined} x={index + 0.1} width={0.8} y={1 - Math.max(part, zero)} height={Math.max(0.008, Math.abs(part - zero))} />;
      })}
    </svg>
  );
}

function Input({ port, value, onChange, wrong, id }: InputProps) {
  const { mean, std, ge, le, low, high, length } = words(port);
  const numbers = numbersOf(value);
  const count = length ?? (numbers.length || FREE_LENGTH);
  const [chosen, setChosen] = useState(0);
  const clip = (number: number) => Math.min(le ?? Infinity, Math.max(ge ?? -Infinity, Number(number.toFixed(4))));
  const set = (index: number, number: number) => {
    const base = numbers.length ? numbers : Array.from({ length: count }, () => clip(mean));
    onChange(base.map((one, at) => (at === index ? clip(number) : one)));
    setChosen(index);
  };
  const fill = (make: (now: number) => number) => {
    onChange(Array.from({ length: count }, (_, index) => clip(make(numbers[index] ?? mean))));
  };
  const current = numbers[chosen];
  return (
    <div className={styles.page}>
      <Field label={titleOf(port)} labelId={id} isNameUnseen about={port.description || `${String(count)} numbers. Draw over the bars to change them.`} wrong={wrong} aside={<span className="soft">{count}</span>}>
        <Bars numbers={numbers.length ? numbers : Array.from({ length: count }, () => mean)} low={low} high={high} chosen={chosen} onDraw={set} />
        <div className={styles.two}>
          <TextInput type="number" aria-label="Which number" min={1} max={count} value={chosen + 1} onChange={(event) => { setChosen(Math.min(count - 1, Math.max(0, (event.target.valueAsNumber || 1) - 1))); }} />
          <Slider aria-label={`Number ${String(chosen + 1)}`} value={current ?? mean} min={low} max={high} step={(high - low) / 200} onChange={(number) => { set(chosen, number); }} />
          <TextInput type="number" aria-label={`Value of number ${String(chosen + 1)}`} step="any" value={current === undefined ? "" : plainNumber(current)} onChange={(event) => { if (event.target.value !== "") set(chosen, event.target.valueAsNumber); }} />
        </div>
        <div className={styles.tools}>
          <Button icon={<Dices />} onClick={() => { fill(() => mean + std * normal()); }}>Random</Button>
          <Button icon={<Footprints />} disabled={!numbers.length} onClick={() => { fill((now) => now + NUDGE * std * normal()); }}>A step on</Button>
          <Button icon={<Minus />} onClick={() => { fill(() => mean); }}>Mean</Button>
        </div>
      </Field>
    </div>
  );
}

function Output({ port, value }: OutputProps) {
  const numbers = numbersOf(value);
  const low = Math.min(0, ...numbers);
  const high = Math.max(0, ...numbers);
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
    const { ge, le, length } = words(port);
    if (!Array.isArray(value) || !value.every((number) => typeof number === "number" && Number.isFinite(number))) return "Give numbers.";
    if (length !== undefined && value.length !== length) return `Give ${String(length)} numbers; these are ${String(value.length)}.`;
    const isOutside = numbersOf(value).some((number) => number < (ge ?? -Infinity) || number > (le ?? Infinity));
    return isOutside ? `Each number is from ${plainNumber(ge ?? -Infinity)} to ${plainNumber(le ?? Infinity)}.` : null;
  },
};
