import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { api, problemOf } from "@/api/client";
import type { Problem, Settings, SettingsChange } from "@/api/types";
import { useConnection } from "@/features/connection/connection";
import { queries } from "@/features/connection/queries";
import { size } from "@/ui/amounts";
import { Segments, Switch, TextInput } from "@/ui/controls";
import { ProblemNote } from "@/ui/empty";
import { Field } from "@/ui/field";
import type { Look } from "./preferences";
import { usePreferences } from "./preferences";
import styles from "./settings.module.css";

const LOOKS: { value: Look; label: string }[] = [
  { value: "system", label: "As the system" },
  { value: "dark", label: "Dark" },
  { value: "light", label: "Light" },
];

/** The look, and what the server lets one change. */
export default function SettingsRoom() {
  const { look, isLive, set } = usePreferences();
  useEffect(() => {
    document.title = "Settings · Gesso";
  }, []);
  return (
    <div className={styles.page}>
      <div className={styles.column}>
        <h1>Settings</h1>
        <section className={styles.part}>
          <h2>Look</h2>
          <Segments isFit label="Look" choices={LOOKS} value={look} onChange={(value) => { set({ look: value }); }} />
        </section>
        <section className={styles.part}>
          <h2>Bench</h2>
          <Field label="Run quick models as I change things" htmlFor="is-live" about="Models that answer in under 300 ms." aside={<Switch id="is-live" describedBy="is-live-about" isOn={isLive} onChange={(isOn) => { set({ isLive: isOn }); }} />}>{null}</Field>
        </section>
        <ServerSettings />
      </div>
    </div>
  );
}

// What the server may name beyond what this studio knows is shown by these words, if it is a yes or no.
const SWITCHES: { name: string; label: string; about: string }[] = [
  { name: "offline", label: "Work offline", about: "Nothing is fetched from the web: no weights, no addresses in inputs." },
  { name: "private_recipes", label: "Leave prompts and names out of saved recipes", about: "Pictures that you pass on then say how they were made, but not what you wrote." },
];

function ServerSettings() {
  const state = useConnection((connection) => connection.state);
  const settings = useQuery({ queryKey: ["settings"], queryFn: api.settings });
  const health = useQuery({ queryKey: ["health"], queryFn: ({ signal }) => api.health(signal) });
  const [problem, setProblem] = useState<Problem | null>(null);
  const change = async (changes: SettingsChange) => {
    setProblem(null);
    try {
      queries.setQueryData(["settings"], await api.changeSettings(changes));
    } catch (error) {
      setProblem(problemOf(error));
    }
  };
  const data = settings.data as (Settings & Record<string, unknown>) | undefined;
  return (
    <section className={styles.part}>
      <h2>Server</h2>
      <dl className={styles.facts}>
        <div><dt>Address</dt><dd>{window.location.origin}</dd></div>
        <div><dt>State</dt><dd>{state === "here" ? "Answers" : state === "away" ? "Does not answer" : "Asks who you are"}</dd></div>
        {health.data && <div><dt>Version</dt><dd>{health.data.version}</dd></div>}
        {data && <div><dt>Home</dt><dd><code>{data.home}</code></dd></div>}
        {data && <div><dt>Largest upload</dt><dd>{size(data.upload_limit_bytes)}</dd></div>}
      </dl>
      {settings.error && !data && <ProblemNote {...problemOf(settings.error)} />}
      {problem && <ProblemNote {...problem} />}
      {data && SWITCHES.filter(({ name }) => typeof data[name] === "boolean").map(({ name, label, about }) => (
        <Field key={name} label={label} htmlFor={name} about={data.fixed.includes(name) ? `${about} An environment variable says it, so it cannot be changed here.` : about} aside={data.fixed.includes(name) ? <span className="soft">{data[name] ? "Yes" : "No"}</span> : <Switch id={name} describedBy={`${name}-about`} isOn={data[name] === true} onChange={(isOn) => void change({ [name]: isOn })} />}>{null}</Field>
      ))}
      {data && <Origins origins={data.allowed_origins} isFixed={data.fixed.includes("allowed_origins")} onChange={(allowed_origins) => void change({ allowed_origins })} />}
    </section>
  );
}

const P5 = "https://editor.p5js.org";

function Origins({ origins, isFixed, onChange }: { origins: string[]; isFixed: boolean; onChange: (origins: string[]) => void }) {
  const [text, setText] = useState<string | null>(null);
  const shown = text ?? origins.join(", ");
  const save = () => {
    if (text !== null) onChange(text.split(/[,\s]+/).filter(Boolean));
    setText(null);
  };
  return (
    <>
      <Field label="The p5.js editor may use this Gesso" htmlFor="p5" about="So that sketches on editor.p5js.org can call your models." aside={<Switch id="p5" describedBy="p5-about" isOn={origins.includes(P5)} onChange={(isOn) => { onChange(isOn ? [...origins, P5] : origins.filter((one) => one !== P5)); }} />}>{null}</Field>
      <Field label="Other pages that may use this Gesso" htmlFor="origins" about="Addresses between commas. Pages on this machine always may.">
        <TextInput id="origins" aria-describedby="origins-about" disabled={isFixed} placeholder="https://example.org" value={shown} onChange={(event) => { setText(event.target.value); }} onBlur={save} onKeyDown={(event) => { if (event.key === "Enter") save(); }} />
      </Field>
    </>
  );
}
