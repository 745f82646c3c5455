import type { Json, Port } from "@/api/types";
import { Segments, Select } from "@/ui/controls";
import { Field } from "@/ui/field";
import type { InputProps, OutputProps, Widget } from "./widget";
import { titleOf } from "./widget";
import styles from "./widgets.module.css";

const SEEN_AT_ONCE = 5;
const LETTERS_AT_ONCE = 30; // more do not fit beside each other

const choicesOf = (port: Port): Json[] => (Array.isArray(port.constraints["choices"]) ? port.constraints["choices"] : []);
const written = (choice: unknown): string => (typeof choice === "string" ? choice : choice === undefined ? "–" : JSON.stringify(choice));
const spoken = (choice: unknown): string => {
  const plain = written(choice).replaceAll("_", " ");
  return plain.slice(0, 1).toUpperCase() + plain.slice(1);
};

function Input({ port, value, onChange, wrong, id }: InputProps) {
  const choices = choicesOf(port);
  const isShort = choices.length <= SEEN_AT_ONCE && choices.map(spoken).join("").length <= LETTERS_AT_ONCE;
  if (isShort) {
    return (
      <Field label={titleOf(port)} labelId={id} about={port.description} wrong={wrong}>
        <Segments labelledBy={id} describedBy={`${id}-about`} choices={choices.map((choice) => ({ value: choice, label: spoken(choice) }))} value={value as Json} onChange={onChange} />
      </Field>
    );
  }
  return (
    <Field label={titleOf(port)} htmlFor={id} about={port.description} wrong={wrong}>
      <Select
        id={id}
        aria-describedby={`${id}-about`}
        aria-invalid={wrong !== null}
        value={value === undefined ? "" : written(value)}
        onChange={(event) => {
          onChange(choices.find((choice) => written(choice) === event.target.value));
        }}
      >
        {value === undefined && <option value="">Choose …</option>}
        {choices.map((choice) => (
          <option key={written(choice)} value={written(choice)}>
            {spoken(choice)}
          </option>
        ))}
      </Select>
    </Field>
  );
}

function Output({ port, value }: OutputProps) {
  return (
    <div className={styles.fact}>
      <span>{titleOf(port)}</span>
      <output>{value === undefined ? "–" : spoken(value)}</output>
    </div>
  );
}

export const widget: Widget = {
  shape: () => "row",
  Input,
  Output,
  check: (port, value) => (choicesOf(port).includes(value as Json) ? null : `Choose one of ${choicesOf(port).map(spoken).join(", ")}.`),
};
