import type { Port } from "@/api/types";
import { plainNumber } from "@/ui/amounts";
import { Slider, TextInput } from "@/ui/controls";
import { Field } from "@/ui/field";
import type { InputProps, OutputProps, Widget } from "./widget";
import { numberWord, titleOf } from "./widget";
import styles from "./widgets.module.css";

function steps(port: Port) {
  const ge = numberWord(port, "ge");
  const le = numberWord(port, "le");
  const isInteger = port.constraints["is_integer"] === true;
  const given = numberWord(port, "step");
  const span = ge !== undefined && le !== undefined ? le - ge : undefined;
  return { ge, le, isInteger, span, step: given ?? (isInteger ? 1 : span !== undefined ? span / 100 : undefined), isStepped: given !== undefined };
}

function Input({ port, value, onChange, wrong, id }: InputProps) {
  const { ge, le, step, span } = steps(port);
  const number = typeof value === "number" ? value : undefined;
  const field = (
    <TextInput
      id={id}
      type="number"
      inputMode="decimal"
      className={styles.short}
      value={number === undefined || Number.isNaN(number) ? "" : plainNumber(number)}
      min={ge}
      max={le}
      step={step ?? "any"}
      aria-describedby={`${id}-about`}
      aria-invalid={wrong !== null}
      onChange={(event) => {
        onChange(event.target.value === "" ? undefined : event.target.valueAsNumber);
      }}
    />
  );
  return (
    <Field label={titleOf(port)} htmlFor={id} about={port.description} wrong={wrong} aside={span === undefined ? null : field}>
      {span === undefined || ge === undefined || le === undefined ? (
        field
      ) : (
        <Slider
          aria-label={titleOf(port)}
          title="Double-click: back to where it was"
          value={number ?? (typeof port.default === "number" ? port.default : ge)}
          min={ge}
          max={le}
          step={step}
          onChange={onChange}
          onDoubleClick={() => {
            if (typeof port.default === "number") onChange(port.default);
          }}
        />
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
    const { ge, le, step, isInteger, isStepped } = steps(port);
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
