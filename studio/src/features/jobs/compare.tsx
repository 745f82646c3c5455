import { useState } from "react";
import type { Job } from "@/api/types";
import { ago } from "@/ui/amounts";
import { Segments } from "@/ui/controls";
import { Dialog } from "@/ui/dialog";
import { PictureView } from "@/ui/picture-view";
import { Tree } from "@/ui/tree";
import styles from "./compare.module.css";
import { Filmstrip } from "./filmstrip";
import { brief, pictureOf, urlOf } from "./shown";

/** What differs between two jobs: the names of inputs with both values. */
export function differences(one: Job, other: Job): { name: string; values: [string, string] }[] {
  const all = (job: Job): Record<string, unknown> => ({ Model: job.model, Command: job.command, ...job.inputs, ...job.options, Seed: job.seed });
  const [first, second] = [all(one), all(other)];
  const names = [...new Set([...Object.keys(first), ...Object.keys(second)])];
  return names
    .filter((name) => JSON.stringify(first[name]) !== JSON.stringify(second[name]))
    .map((name) => ({ name, values: [brief(first[name]), brief(second[name])] }));
}

interface CompareProps {
  one: Job;
  other: Job;
  /** Where one may choose another of the same model instead. */
  onOther?: (job: Job) => void;
  onClose: () => void;
}

/** Two results beside each other, or one over the other, and what was different. */
export function CompareDialog({ one, other, onOther, onClose }: CompareProps) {
  const [way, setWay] = useState<"beside" | "over">("beside");
  const [left, right] = [urlOf(pictureOf(one)), urlOf(pictureOf(other))];
  const found = differences(one, other);
  const isPicture = left !== undefined && right !== undefined;
  return (
    <Dialog isWide title="Compare" onClose={onClose} actions={isPicture && <Segments isFit label="How" choices={[{ value: "beside", label: "Beside" }, { value: "over", label: "Over" }]} value={way} onChange={setWay} />}>
      <div className={styles.compare}>
        <div className={styles.both}>
          {isPicture && way === "over" ? (
            <PictureView key="over" src={right} before={left} alt={`${one.model} and ${other.model}`} />
          ) : (
            [one, other].map((job) => {
              const src = urlOf(pictureOf(job));
              return (
                <figure key={job.id}>
                  {src ? <PictureView src={src} alt={job.model_title || job.model} /> : <div className={styles.values}><Tree value={Object.fromEntries(job.outputs.map((output) => [output.name, output.value]))} /></div>}
                  <figcaption>{job.model_title || job.model}, {ago(job.created_at)}</figcaption>
                </figure>
              );
            })
          )}
        </div>
        {found.length ? (
          <table className={styles.table}>
            <thead><tr><th>Different</th><th>Left</th><th>Right</th></tr></thead>
            <tbody>{found.map(({ name, values }) => <tr key={name}><th scope="row">{name}</th><td>{values[0]}</td><td>{values[1]}</td></tr>)}</tbody>
          </table>
        ) : (
          <p className="soft">Both have the same inputs and the same seed.</p>
        )}
        {onOther && <Filmstrip label="Compare with" model={one.model} chosen={other.id} without={one.id} onChoose={onOther} />}
      </div>
    </Dialog>
  );
}
