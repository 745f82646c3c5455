import { Dices, Lock, LockOpen } from "lucide-react";
import type { ReactNode } from "react";
import type { Command, Job, ModelSpec, Port, Problem } from "@/api/types";
import { usePreferences } from "@/features/settings/preferences";
import { IconButton } from "@/ui/button";
import { Segments, Select, Switch, TextInput } from "@/ui/controls";
import { ProblemNote } from "@/ui/empty";
import { Field } from "@/ui/field";
import { UploadRows } from "@/features/uploads/upload-rows";
import { useLarge } from "@/features/uploads/uploads";
import styles from "./bench.module.css";
import type { Bench } from "./bench-store";
import { replace, useBenches } from "./bench-store";
import { OptionRows } from "./input-pane";
import { SetUp } from "./set-up";
import { COUNTS, commandWords, isSpeaking, offered } from "./speaking";

interface OptionsProps {
  spec: ModelSpec;
  command: Command;
  bench: Bench;
  small: Port[];
  /** The job whose result is shown. */
  job: Job | undefined;
  wrong: { inputs: Record<string, string>; options: Record<string, string> };
  problem: Problem | null;
  isQuick: boolean;
  runButton: ReactNode;
}

const MOST_SEED = 2 ** 32 - 1;

/** The column beside the work: the small inputs, the seed, and the button that runs. */
export function Options({ spec, command, bench, small, job, wrong, problem, isQuick, runButton }: OptionsProps) {
  const { change, setValue } = useBenches.getState();
  const { isLive, set } = usePreferences();
  const uploads = useLarge(spec.name);
  return (
    <aside className={styles.options} aria-label="Options">
      <div className={styles.rows}>
        {offered(spec.commands, command).length > 1 && <CommandChoice spec={spec} command={command} />}
        {isSpeaking(command) && (
          <Field label="Samples at once" labelId="count">
            <Segments labelledBy="count" choices={COUNTS.map((count) => ({ value: count, label: String(count) }))} value={bench.count} onChange={(count) => { change(spec.name, { count }); }} />
          </Field>
        )}
        <OptionRows ports={small} values={bench.values} wrong={wrong.inputs} onChange={(name, value) => { setValue(spec.name, name, value); }} />
        <SeedField bench={bench} last={job?.seed} onChange={(seed) => { change(spec.name, { seed }); }} />
        {spec.options.length > 0 && <SetUp spec={spec} bench={bench} job={job} wrong={wrong.options} />}
      </div>
      <div className={styles.foot}>
        <UploadRows uploads={uploads} />
        {problem && <ProblemNote message={problem.message} hint={problem.hint} detail={problem.detail} />}
        {isQuick && (
          <label className={styles.live} title="This model is quick enough to run as you change things.">
            Run as I change things
            <Switch isOn={isLive} onChange={(isOn) => { set({ isLive: isOn }); }} />
          </label>
        )}
        {runButton}
      </div>
    </aside>
  );
}

function CommandChoice({ spec, command }: { spec: ModelSpec; command: Command }) {
  const choose = (name: string) => {
    replace(spec.name, { command: name, values: {}, isTouched: false, isAwaited: false, jobId: null });
  };
  const choices = offered(spec.commands, command);
  const commands = choices.map((one) => ({ value: one.name, label: commandWords(one, choices) }));
  return (
    <Field label="What it does" labelId="command" about={command.description.split("\n")[0]}>
      {commands.length <= 3 ? (
        <Segments labelledBy="command" choices={commands} value={command.name} onChange={choose} />
      ) : (
        <Select aria-labelledby="command" value={command.name} onChange={(event) => { choose(event.target.value); }}>
          {commands.map(({ value, label }) => <option key={value} value={value}>{label}</option>)}
        </Select>
      )}
    </Field>
  );
}

function SeedField({ bench, last, onChange }: { bench: Bench; last: number | undefined; onChange: (seed: string) => void }) {
  const isKept = bench.seed !== "";
  return (
    <Field label="Seed" htmlFor="seed" about={isKept ? "The same seed gives the same result." : "Drawn anew for each run."}>
      <div className={styles.seed}>
        <TextInput
          id="seed"
          inputMode="numeric"
          placeholder={last === undefined ? "any" : String(last)}
          aria-describedby="seed-about"
          value={bench.seed}
          onChange={(event) => {
            const digits = event.target.value.replace(/\D/g, "");
            onChange(digits === "" ? "" : String(Math.min(MOST_SEED, Number(digits))));
          }}
        />
        <IconButton label="Draw a seed" onClick={() => { onChange(String(Math.floor(Math.random() * (MOST_SEED + 1)))); }}><Dices /></IconButton>
        <IconButton label={isKept ? "Draw it anew for each run" : "Keep the seed of this result"} aria-pressed={isKept} disabled={!isKept && last === undefined} onClick={() => { onChange(isKept ? "" : String(last ?? "")); }}>
          {isKept ? <Lock /> : <LockOpen />}
        </IconButton>
      </div>
    </Field>
  );
}
