import { useState } from "react";
import { TextArea } from "@/ui/controls";
import { Field } from "@/ui/field";
import { Tree } from "@/ui/tree";
import type { InputProps, OutputProps, Widget } from "./widget";
import { titleOf } from "./widget";
import styles from "./widgets.module.css";

const written = (value: unknown): string => (value === undefined ? "" : JSON.stringify(value, null, 2));

function Input({ port, value, onChange, wrong, id }: InputProps) {
  const [text, setText] = useState(() => written(value));
  const [shown, setShown] = useState(value);
  const [failure, setFailure] = useState<string | null>(null);
  if (shown !== value) {
    setShown(value); // changed from outside: a sample, or another job's inputs
    setText(written(value));
    setFailure(null);
  }
  return (
    <div className={styles.page}>
      <Field label={titleOf(port)} htmlFor={id} isNameUnseen about={port.description || "A JSON value."} wrong={failure ?? wrong}>
        <TextArea
          id={id}
          rows={6}
          spellCheck={false}
          className={styles.code}
          value={text}
          placeholder='{"title": "fox"}'
          aria-describedby={`${id}-about`}
          aria-invalid={failure !== null || wrong !== null}
          onChange={(event) => {
            setText(event.target.value);
            try {
              const made: unknown = event.target.value.trim() ? JSON.parse(event.target.value) : undefined;
              setFailure(null);
              setShown(made);
              onChange(made);
            } catch (error) {
              setFailure(`This is not JSON yet: ${error instanceof Error ? error.message : ""}`);
            }
          }}
        />
      </Field>
    </div>
  );
}

function Output({ value }: OutputProps) {
  return <div className={styles.scroll} tabIndex={0} role="group" aria-label="Tree"><Tree value={value} /></div>;
}

export const widget: Widget = {
  shape: () => "large",
  Input,
  Output,
  check: (_port, value) => (value === undefined ? "Write a JSON value." : null),
};
