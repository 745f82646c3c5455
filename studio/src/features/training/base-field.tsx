import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "@/api/client";
import { Segments, Select, TextInput } from "@/ui/controls";
import { Field } from "@/ui/field";
import styles from "./training.module.css";

type Kind = "nothing" | "here" | "hub";

const KINDS: { value: Kind; label: string }[] = [{ value: "nothing", label: "Nothing" }, { value: "here", label: "A model here" }, { value: "hub", label: "A model of the hub" }];
const ABOUT: Record<Kind, string> = {
  nothing: "It knows no language but that of your text: its own voice only, and nothing is fetched. It wants more text.",
  here: "It goes on from a model that was trained here.",
  hub: "It knows its language already, which is good for short texts. It is fetched once from Hugging Face, as its folder there is called.",
};
const KNOWN = ["distilgpt2", "gpt2", "gpt2-medium"];

/** What a training begins with: nothing, a model here, or one of the hub. */
export function BaseField({ value, wrong, onChange }: { value: string; wrong: string | null; onChange: (base: string) => void }) {
  const trainings = useQuery({ queryKey: ["trainings"], queryFn: () => api.trainings() });
  const here = [...new Set((trainings.data?.trainings ?? []).map(({ model }) => model).filter(Boolean))];
  const [kind, setKind] = useState<Kind>(value === "" ? "nothing" : here.includes(value) ? "here" : "hub");
  const choose = (to: Kind) => {
    setKind(to);
    onChange({ nothing: "", here: here[0] ?? "", hub: KNOWN[0] ?? "" }[to]);
  };
  return (
    <>
      <Field label="Begins with" labelId="base-kind" isNameUnseen about={ABOUT[kind]}>
        <Segments isFit labelledBy="base-kind" describedBy="base-kind-about" choices={KINDS.filter((one) => one.value !== "here" || here.length > 0)} value={kind} onChange={choose} />
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
