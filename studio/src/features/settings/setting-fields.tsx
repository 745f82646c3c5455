import { useState } from "react";
import type { Settings } from "@/api/types";
import { plainNumber } from "@/ui/amounts";
import { Switch, TextInput } from "@/ui/controls";
import { Field } from "@/ui/field";
import styles from "./settings.module.css";
import type { Name, ServerSettings } from "./use-settings";

interface SettingProps<Kind> {
  settings: ServerSettings;
  name: { [Each in Name]: Settings[Each] extends Kind ? Each : never }[Name];
  label: string;
  about: string;
}

/** A setting that is on or off. */
export function SwitchSetting({ settings, name, label, about }: SettingProps<boolean>) {
  const isOn = settings.data[name];
  const aside = settings.isFixed(name) ? (
    <span className="soft">{isOn ? "On" : "Off"}</span>
  ) : (
    <Switch id={name} describedBy={`${name}-about`} isOn={isOn} onChange={(value) => { settings.change({ [name]: value }); }} />
  );
  return <Field label={label} htmlFor={name} about={settings.about(name, about)} wrong={settings.wrong(name)} aside={aside}>{null}</Field>;
}

interface AmountProps extends SettingProps<number> {
  unit: string;
  /** How much of what the server counts in makes one of the unit. */
  scale?: number;
}

/** A setting that is an amount, in a unit that people use. */
export function AmountSetting({ settings, name, label, about, unit, scale = 1 }: AmountProps) {
  const [text, setText] = useState<string | null>(null);
  const [isWrong, setWrong] = useState(false);
  const save = () => {
    if (text === null) return;
    const value = Number(text.replace(",", "."));
    const isNumber = text.trim() !== "" && Number.isFinite(value) && value >= 0;
    setWrong(!isNumber);
    if (isNumber) settings.change({ [name]: scale > 1 ? Math.round(value * scale) : value });
    setText(null);
  };
  const input = (
    <span className={styles.amount}>
      <TextInput
        id={name}
        inputMode="decimal"
        aria-describedby={`${name}-about`}
        disabled={settings.isFixed(name)}
        value={text ?? plainNumber(settings.data[name] / scale)}
        onChange={(event) => { setText(event.target.value); }}
        onBlur={save}
        onKeyDown={(event) => {
          if (event.key === "Enter") save();
          if (event.key === "Escape") setText(null);
        }}
      />
      <span className={styles.unit}>{unit}</span>
    </span>
  );
  return <Field label={label} htmlFor={name} about={settings.about(name, about)} wrong={isWrong ? "Give a number." : settings.wrong(name)} aside={input}>{null}</Field>;
}
