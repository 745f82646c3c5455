import type { InputHTMLAttributes, Ref, SelectHTMLAttributes, TextareaHTMLAttributes } from "react";
import { useId } from "react";
import styles from "./controls.module.css";

export function TextInput({ className = "", ...rest }: InputHTMLAttributes<HTMLInputElement>) {
  return <input className={`${styles.input ?? ""} ${className}`} {...rest} />;
}

export function TextArea({ className = "", ...rest }: TextareaHTMLAttributes<HTMLTextAreaElement> & { ref?: Ref<HTMLTextAreaElement> }) {
  return <textarea className={`${styles.input ?? ""} ${className}`} {...rest} />;
}

export function Select({ className = "", ...rest }: SelectHTMLAttributes<HTMLSelectElement>) {
  return <select className={`${styles.select ?? ""} ${className}`} {...rest} />;
}

interface SegmentsProps<T> {
  choices: readonly { value: T; label: string }[];
  value: T;
  onChange: (value: T) => void;
  label?: string;
  labelledBy?: string;
  describedBy?: string;
  isFit?: boolean;
}

/** One of a few, all of them to be seen. */
export function Segments<T>({ choices, value, onChange, label, labelledBy, describedBy, isFit }: SegmentsProps<T>) {
  const name = useId();
  return (
    <div
      role="radiogroup"
      aria-label={label}
      aria-labelledby={labelledBy}
      aria-describedby={describedBy}
      className={styles.segments}
      data-fit={isFit ? "" : undefined}
    >
      {choices.map((choice) => (
        <label key={choice.label} className={styles.segment}>
          <input
            type="radio"
            name={name}
            checked={choice.value === value}
            onChange={() => {
              onChange(choice.value);
            }}
          />
          <span title={choice.label}>{choice.label}</span>
        </label>
      ))}
    </div>
  );
}

interface SliderProps extends Omit<InputHTMLAttributes<HTMLInputElement>, "onChange" | "value" | "min" | "max"> {
  value: number;
  min: number;
  max: number;
  onChange: (value: number) => void;
}

export function Slider({ value, min, max, onChange, className = "", ...rest }: SliderProps) {
  const part = max > min ? ((Math.min(max, Math.max(min, value)) - min) / (max - min)) * 100 : 0;
  return (
    <input
      type="range"
      className={`${styles.slider ?? ""} ${className}`}
      style={{ "--part": `${String(part)}%` } as React.CSSProperties}
      value={value}
      min={min}
      max={max}
      onChange={(event) => {
        onChange(event.target.valueAsNumber);
      }}
      {...rest}
    />
  );
}

interface SwitchProps {
  isOn: boolean;
  onChange: (isOn: boolean) => void;
  id?: string;
  label?: string;
  describedBy?: string;
}

export function Switch({ isOn, onChange, id, label, describedBy }: SwitchProps) {
  return (
    <span className={styles.switch}>
      <input
        id={id}
        type="checkbox"
        role="switch"
        aria-label={label}
        aria-describedby={describedBy}
        checked={isOn}
        onChange={(event) => {
          onChange(event.target.checked);
        }}
      />
      <span />
    </span>
  );
}
