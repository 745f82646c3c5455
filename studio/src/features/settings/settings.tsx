import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useEffect, useId } from "react";
import { api } from "@/api/client";
import { useConnection } from "@/features/connection/connection";
import { RoomProblem } from "@/features/connection/room-problem";
import { Segments, Switch } from "@/ui/controls";
import { Field } from "@/ui/field";
import { Origins } from "./origins";
import type { Look } from "./preferences";
import { usePreferences } from "./preferences";
import { AmountSetting, SwitchSetting } from "./setting-fields";
import styles from "./settings.module.css";
import type { ServerSettings } from "./use-settings";
import { useSettings } from "./use-settings";

const LOOKS: { value: Look; label: string }[] = [
  { value: "system", label: "As the system" },
  { value: "dark", label: "Dark" },
  { value: "light", label: "Light" },
];

/** The look, and what the server lets one change. */
export default function SettingsRoom() {
  const { look, isLive, set } = usePreferences();
  const { settings, error } = useSettings();
  useEffect(() => {
    document.title = "Settings · Gesso";
  }, []);
  return (
    <div className={styles.page}>
      <div className={styles.column}>
        <h1>Settings</h1>
        <Part title="Look">
          <Segments isFit label="Look" choices={LOOKS} value={look} onChange={(value) => { set({ look: value }); }} />
        </Part>
        <Part title="Bench">
          <Field label="Run quick models as I change things" htmlFor="is-live" about="Models that answer in under 300 ms. Of these runs only the last is kept." aside={<Switch id="is-live" describedBy="is-live-about" isOn={isLive} onChange={(isOn) => { set({ isLive: isOn }); }} />}>{null}</Field>
        </Part>
        {settings ? <OfTheServer settings={settings} /> : error && <RoomProblem error={error} />}
        <ThisGesso settings={settings} />
      </div>
    </div>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  const id = useId();
  return (
    <section className={styles.part} aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {children}
    </section>
  );
}

const AT_WORK = ["threads", "memory_budget_mb", "idle_unload_s", "cancel_grace_s"];

function OfTheServer({ settings }: { settings: ServerSettings }) {
  return (
    <>
      <Part title="Privacy and the web">
        <SwitchSetting settings={settings} name="offline" label="Work offline" about="Nothing is fetched from other computers: no weights, no packages, no addresses in inputs." />
        <SwitchSetting settings={settings} name="private_recipes" label="Leave words and file names out of saved files" about="Pictures that you pass on then say how they were made, but not what you wrote." />
        <Origins settings={settings} />
      </Part>
      <Part title="Models at work">
        {AT_WORK.some((name) => settings.data.after_restart.includes(name)) && <p className={styles.note}>Changes of these hold when Gesso is started again.</p>}
        <AmountSetting settings={settings} name="threads" label="Threads for one model" unit="threads" about="More make one model faster and leave less for the rest of this computer." />
        <AmountSetting settings={settings} name="memory_budget_mb" label="Memory for all models" unit="GB" scale={1000} about="Models that are not in use make room for others. 0 is three quarters of what this computer has." />
        <AmountSetting settings={settings} name="idle_unload_s" label="Keep a model ready for" unit="minutes" scale={60} about="After its last run. Then it is loaded anew when it is wanted." />
        <AmountSetting settings={settings} name="cancel_grace_s" label="Time to stop after a cancel" unit="seconds" about="A model that takes longer is ended, and loaded anew for its next run." />
      </Part>
      <Part title="Files">
        <AmountSetting settings={settings} name="upload_limit_bytes" label="Largest file that is taken" unit="GB" scale={1e9} about="From this computer, or from who may use this Gesso." />
        <AmountSetting settings={settings} name="fetch_limit_bytes" label="Largest file from an address" unit="MB" scale={1e6} about="Where an input is an address of the web." />
      </Part>
    </>
  );
}

const STATES = { here: "Answers", away: "Does not answer", signed_out: "Asks who you are" };

function ThisGesso({ settings }: { settings: ServerSettings | undefined }) {
  const state = useConnection((connection) => connection.state);
  const health = useQuery({ queryKey: ["health"], queryFn: ({ signal }) => api.health(signal) });
  const data = settings?.data;
  const facts: [string, string | undefined][] = [
    ["Address", window.location.origin],
    ["State", STATES[state]],
    ["Version", health.data?.version],
    ["Home", data?.home],
    ["Asks for a key", health.data && (health.data.needs_key ? "Yes" : "No: only this computer reaches it")],
    ["Other names", data && (data.allowed_hosts.join(", ") || "None")],
    ["Addresses of this network in inputs", data && (data.fetch_private ? "Fetched" : "Not fetched")],
    ["Installs with", data?.installer],
  ];
  return (
    <Part title="This Gesso">
      <dl className={styles.facts}>
        {facts.filter(([, value]) => value !== undefined).map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}
      </dl>
      {data && <p className={styles.note}>What guards this Gesso is changed in the file settings.toml in its home, and by nobody over the network.</p>}
    </Part>
  );
}
