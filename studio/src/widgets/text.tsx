import { TextArea, TextInput } from "@/ui/controls";
import { Field } from "@/ui/field";
import type { InputProps, OutputProps, Widget } from "./widget";
import { numberWord, titleOf } from "./widget";
import styles from "./widgets.module.css";

const COUNTED = 10_000; // above that, nobody counts

function Input({ port, value, onChange, wrong, id }: InputProps) {
  const text = typeof value === "string" ? value : "";
  const most = numberWord(port, "max_length");
  const isLarge = port.constraints["multiline"] === true;
  const shared = {
    id,
    value: text,
    "aria-describedby": `${id}-about`,
    "aria-invalid": wrong !== null,
    onChange: (event: { target: { value: string } }) => {
      onChange(event.target.value);
    },
  };
  return (
    <div className={isLarge ? styles.page : undefined}>
      <Field
        label={titleOf(port)}
        htmlFor={id}
        isNameUnseen={isLarge}
        about={port.description}
        wrong={wrong}
        aside={most !== undefined && most <= COUNTED && <span className="soft">{text.length} / {most}</span>}
      >
        {isLarge || (most ?? 0) > 200 ? <TextArea rows={isLarge ? 6 : 2} className={isLarge ? styles.paper : styles.growing} {...shared} /> : <TextInput {...shared} />}
      </Field>
    </div>
  );
}

function Output({ value, isPreview }: OutputProps) {
  const text = typeof value === "string" ? value : Array.isArray(value) ? value.join("") : "";
  return (
    <div className={styles.page}>
      <p className={styles.prose} aria-live="polite" aria-busy={isPreview}>
        {text}
        {isPreview && <span className={styles.caret} />}
      </p>
    </div>
  );
}

export const widget: Widget = {
  shape: (port) => (port.constraints["multiline"] === true ? "large" : "row"),
  Input,
  Output,
  check: (port, value) => {
    if (typeof value !== "string") return "Write a text.";
    const least = numberWord(port, "min_length") ?? 0;
    const most = numberWord(port, "max_length") ?? Infinity;
    if (value.length < least) return least === 1 ? "Write something." : `Write at least ${String(least)} characters.`;
    return value.length > most ? `Write at most ${String(most)} characters; these are ${String(value.length)}.` : null;
  },
};
