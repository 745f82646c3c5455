import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "@/api/client";
import type { Trainer } from "@/api/types";
import { Segments, Select, TextInput } from "@/ui/controls";
import { Field } from "@/ui/field";
import { aboutBase, basesFor, kindOf, NOTHING, type BaseKind } from "./bases";
import styles from "./training.module.css";

const KNOWN = ["distilgpt2", "gpt2", "gpt2-medium"];

interface BaseFieldProps {
  value: string;
  trainer: Trainer;
  /** How much text there is to learn from. */
  bytes: number;
  wrong: string | null;
  onChange: (base: string) => void;
}

/** What a training begins with: the model that comes with Gesso, nothing, a model here, or one of the hub. */
export function BaseField({ value, trainer, bytes, wrong, onChange }: BaseFieldProps) {
  const trainings = useQuery({ queryKey: ["trainings"], queryFn: () => api.trainings() });
  const here = [...new Set((trainings.data?.trainings ?? []).map(({ model }) => model).filter(Boolean))];
  const [kind, setKind] = useState<BaseKind>(kindOf(value, trainer, here));
  const choose = (to: BaseKind) => {
    setKind(to);
    onChange({ own: trainer.own_base, nothing: NOTHING, here: here[0] ?? NOTHING, hub: KNOWN[0] ?? NOTHING }[to]);
  };
  return (
    <>
      <Field label="Begins with" labelId="base-kind" isNameUnseen about={aboutBase(kind, trainer, bytes)} wrong={kind === "own" || kind === "nothing" ? wrong : null}>
        <Segments isFit labelledBy="base-kind" describedBy="base-kind-about" choices={basesFor(trainer, here)} value={kind} onChange={choose} />
      </Field>
      {kind === "here" && (
        <Field label="Model" htmlFor="base-here" wrong={wrong}>
          <Select id="base-here" value={value} onChange={(event) => { onChange(event.target.value); }}>
            {here.map((one) => <option key={one} value={one}>{one}</option>)}
          </Select>
        </Field>
      )}
      {kind === "hub" && (
        <Field label="Name on the hub" htmlFor="base-hub" about="distilgpt2 is the smallest and quickest. Any model of GPT-2's shape will do." wrong={wrong}>
          <TextInput id="base-hub" list="bases" aria-describedby="base-hub-about" aria-invalid={wrong !== null} spellCheck={false} autoComplete="off" className={styles.hub ?? ""} value={value} onChange={(event) => { onChange(event.target.value.trim()); }} />
          <datalist id="bases">{KNOWN.map((one) => <option key={one} value={one} />)}</datalist>
        </Field>
      )}
    </>
  );
}
