import { ChevronsLeftRightEllipsis } from "lucide-react";
import { useRef, useState } from "react";
import { plainNumber } from "@/ui/amounts";
import { IconButton } from "@/ui/button";
import { Segments, Slider, TextInput } from "@/ui/controls";
import { Field } from "@/ui/field";
import { neighbours, stepsOf } from "./number-steps";
import type { InputProps, OutputProps, Widget } from "./widget";
import { titleOf } from "./widget";
import styles from "./widgets.module.css";

const HOLD_MS = 450;
const STILL_PX = 4;

/** Calls when a pointer is held still. */
function useHold(onHold: () => void) {
  const timer = useRef<{ id: ReturnType<typeof setTimeout>; x: number } | null>(null);
  const drop = () => {
    if (timer.current) clearTimeout(timer.current.id);
    timer.current = null;
  };
  return {
    onPointerDown: (event: React.PointerEvent) => {
      drop();
      if (event.button === 0) timer.current = { id: setTimeout(onHold, HOLD_MS), x: event.clientX };
    },
    onPointerMove: (event: React.PointerEvent) => {
      if (timer.current && Math.abs(event.clientX - timer.current.x) > STILL_PX) drop();
    },
    onPointerUp: drop,
    onPointerCancel: drop,
  };
}

function Input({ port, value, onChange, wrong, id }: InputProps) {
  const steps = stepsOf(port);
  const { ge, le, step, span } = steps;
  const [strip, setStrip] = useState<{ values: number[]; start: unknown } | null>(null);
  const number = typeof value === "number" && !Number.isNaN(value) ? value : undefined;
  const base = number ?? (typeof port.default === "number" ? port.default : ge ?? 0);
  const explore = () => { setStrip({ values: neighbours(base, steps), start: value }); };
  const hold = useHold(explore);
  const reset = () => {
    if (typeof port.default === "number") onChange(port.default);
  };
  const hint = typeof port.default === "number" ? `Double-click: back to ${plainNumber(port.default)}. Hold: what is near.` : "Hold: what is near.";
  const field = (
    <span className={styles.aside}>
      <TextInput
        id={id}
        type="number"
        inputMode={steps.isInteger ? "numeric" : "decimal"}
        className={styles.short}
        value={number === undefined ? "" : plainNumber(number)}
        min={ge}
        max={le}
        step={step ?? "any"}
        aria-describedby={`${id}-about`}
        aria-invalid={wrong !== null}
        onChange={(event) => { onChange(event.target.value === "" ? undefined : event.target.valueAsNumber); }}
        onKeyDown={(event) => {
          const sign = { ArrowUp: 1, ArrowDown: -1 }[event.key];
          if (!event.shiftKey || sign === undefined) return;
          event.preventDefault();
          onChange(Number(Math.min(le ?? Infinity, Math.max(ge ?? -Infinity, base + sign * 10 * (step ?? 1))).toPrecision(12)));
        }}
      />
      <IconButton label="Explore what is near" className={styles.explore} aria-expanded={strip !== null} aria-controls={`${id}-near`} onClick={() => { if (strip) setStrip(null); else explore(); }}>
        <ChevronsLeftRightEllipsis />
      </IconButton>
    </span>
  );
  return (
    <Field label={titleOf(port)} htmlFor={id} about={port.description} wrong={wrong} aside={field}>
      {span !== undefined && ge !== undefined && le !== undefined && (
        <Slider
          aria-label={titleOf(port)}
          aria-describedby={`${id}-about`}
          title={hint}
          value={base}
          min={ge}
          max={le}
          step={step}
          onChange={onChange}
          onDoubleClick={reset}
          onKeyDown={(event) => { if (event.key === "Delete" || event.key === "Backspace") reset(); }}
          {...hold}
        />
      )}
      {strip && (
        <div
          id={`${id}-near`}
          className={styles.near}
          onKeyDown={(event) => {
            if (event.key !== "Escape" && event.key !== "Enter") return;
            if (event.ctrlKey || event.metaKey) return; // that runs the model
            if (event.key === "Escape") onChange(strip.start);
            event.preventDefault();
            event.stopPropagation();
            setStrip(null);
            document.getElementById(id)?.focus();
          }}
        >
          <Segments label={`Near ${titleOf(port)}`} choices={strip.values.map((one) => ({ value: one, label: plainNumber(one) }))} value={base} onChange={onChange} />
        </div>
      )}
    </Field>
  );
}

function Output({ port, value }: OutputProps) {
  return (
    <div className={styles.fact}>
      <span>{titleOf(port)}</span>
      <output>{typeof value === "number" ? plainNumber(value) : "–"}</output>
    </div>
  );
}

export const widget: Widget = {
  shape: () => "row",
  Input,
  Output,
  check: (port, value) => {
    if (typeof value !== "number" || !Number.isFinite(value)) return "Write a number.";
    const { ge, le, step, isInteger, isStepped } = stepsOf(port);
    if (isInteger && !Number.isInteger(value)) return "Write a whole number.";
    if (ge !== undefined && value < ge) return `Write a number of at least ${plainNumber(ge)}.`;
    if (le !== undefined && value > le) return `Write a number of at most ${plainNumber(le)}.`;
    if (isStepped && step) {
      const count = (value - (ge ?? 0)) / step;
      if (Math.abs(count - Math.round(count)) > 1e-6) return `It goes in steps of ${plainNumber(step)}.`;
    }
    return null;
  },
};
