import { Switch } from "@/ui/controls";
import { Field } from "@/ui/field";
import type { InputProps, OutputProps, Widget } from "./widget";
import { titleOf } from "./widget";
import styles from "./widgets.module.css";

function Input({ port, value, onChange, wrong, id }: InputProps) {
  return (
    <Field label={titleOf(port)} htmlFor={id} about={port.description} wrong={wrong} aside={<Switch id={id} describedBy={`${id}-about`} isOn={value === true} onChange={onChange} />}>
      {null}
    </Field>
  );
}

function Output({ port, value }: OutputProps) {
  return (
    <div className={styles.fact}>
      <span>{titleOf(port)}</span>
      <output>{value === true ? "Yes" : value === false ? "No" : "–"}</output>
    </div>
  );
}

export const widget: Widget = {
  shape: () => "row",
  Input,
  Output,
  check: (_port, value) => (typeof value === "boolean" ? null : "Choose yes or no."),
};
