import { useState } from "react";
import { TextInput } from "@/ui/controls";
import { Field } from "@/ui/field";
import styles from "./making.module.css";

interface NumberFieldProps {
  id: string;
  label: string;
  about?: string;
  value: number;
  min: number;
  max: number;
  isWhole?: boolean;
  onChange: (value: number) => void;
}

/** A number between two others; what is none is told, and given on as `NaN`. */
export function NumberField({ id, label, about, value, min, max, isWhole = true, onChange }: NumberFieldProps) {
  const [text, setText] = useState(String(value));
  const read = (written: string): number => {
    const number = written.trim() === "" ? NaN : Number(written.replace(",", "."));
    return number >= min && number <= max && (!isWhole || Number.isInteger(number)) ? number : NaN;
  };
  const isWrong = Number.isNaN(read(text));
  const box = (
    <TextInput
      id={id}
      className={styles.number ?? ""}
      inputMode={isWhole ? "numeric" : "decimal"}
      autoComplete="off"
      aria-describedby={`${id}-about`}
      aria-invalid={isWrong}
      value={text}
      onChange={(event) => {
        setText(event.target.value);
        onChange(read(event.target.value));
      }}
    />
  );
  return (
    <Field label={label} htmlFor={id} {...(about ? { about } : {})} wrong={isWrong ? `A ${isWhole ? "whole " : ""}number from ${String(min)} to ${String(max)}.` : null} aside={box}>
      {null}
    </Field>
  );
}

interface WordsFieldProps {
  id: string;
  label: string;
  about: string;
  placeholder?: string;
  value: string[];
  onChange: (words: string[]) => void;
}

/** Words between commas. */
export function WordsField({ id, label, about, placeholder, value, onChange }: WordsFieldProps) {
  const [text, setText] = useState(value.join(", "));
  return (
    <Field label={label} htmlFor={id} about={about}>
      <TextInput
        id={id}
        autoComplete="off"
        aria-describedby={`${id}-about`}
        placeholder={placeholder}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          onChange(event.target.value.split(",").map((word) => word.trim()).filter(Boolean));
        }}
      />
    </Field>
  );
}
