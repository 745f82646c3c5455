import { Link, useLocation } from "wouter";
import type { Dataset, Training } from "@/api/types";
import { ago, counted, size } from "@/ui/amounts";
import { StateWord } from "@/ui/page";
import room from "@/ui/room.module.css";
import { isOver, roughly, secondsLeft, standing } from "./course";
import styles from "./training.module.css";

const TONES: Record<Training["status"], "good" | "busy" | "bad" | "still"> = {
  queued: "still", starting: "busy", processing: "busy", paused: "still", succeeded: "good", failed: "bad", canceled: "still",
};

export function Standing({ training }: { training: Training }) {
  return <StateWord tone={TONES[training.status]}>{standing(training)}</StateWord>;
}

export const textPath = (name: string): string => `/training/texts/${encodeURIComponent(name)}`;

/** Every training, the newest first: what is learnt from, how far it is. */
export function TrainingList({ trainings, chosen }: { trainings: Training[]; chosen: string | undefined }) {
  return (
    <ul className={room.rows} aria-label="Trainings">
      {trainings.map((one) => (
        <li key={one.id}>
          <Link href={`/training/${one.id}`} className={room.row} aria-current={one.id === chosen ? "page" : undefined}>
            <strong>{one.name}</strong>
            <Standing training={one} />
            <span className="soft">{one.dataset_name}</span>
            <span className="soft">{aside(one)}</span>
            {!isOver(one) && one.progress > 0 && <span className={styles.thin}><span style={{ width: `${String(one.progress * 100)}%` }} /></span>}
          </Link>
        </li>
      ))}
    </ul>
  );
}

function aside(one: Training): string {
  const left = secondsLeft(one);
  if (one.status === "processing" && left !== null) return `${roughly(left)} left`;
  return isOver(one) && one.completed_at ? ago(one.completed_at) : "";
}

/** The texts that there are to learn from. */
export function DatasetList({ datasets, path }: { datasets: Dataset[]; path: string | undefined }) {
  const [at] = useLocation();
  return (
    <section aria-labelledby="texts">
      <h2 id="texts" className={styles.listTitle}>Texts</h2>
      <ul className={room.rows}>
        {datasets.map((one) => (
          <li key={one.digest}>
            <Link href={textPath(one.name)} className={room.row} aria-current={path === "texts" && at === textPath(one.name) ? "page" : undefined}>
              <strong>{one.name}</strong>
              <span className="soft">{size(one.bytes)}</span>
              <span className="soft">{counted(one.documents, "document")}</span>
              <span className="soft">{ago(one.created_at)}</span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
