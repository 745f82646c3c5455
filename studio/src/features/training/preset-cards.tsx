import type { Port } from "@/api/types";
import { presetWords } from "./options";
import styles from "./training.module.css";

/** The choices of a preset as cards. */
export function PresetCards({ port, value, onChange }: { port: Port; value: unknown; onChange: (value: string) => void }) {
  const choices = Array.isArray(port.constraints["choices"]) ? port.constraints["choices"].filter((one): one is string => typeof one === "string") : [];
  return (
    <div role="radiogroup" aria-label={port.title || "Preset"} className={styles.cards}>
      {choices.map((choice) => {
        const { title, about } = presetWords(choice);
        return (
          <label key={choice} className={styles.card}>
            <input type="radio" name="preset" checked={choice === value} onChange={() => { onChange(choice); }} />
            <strong>{title}</strong>
            <span className="soft">{about}</span>
          </label>
        );
      })}
    </div>
  );
}
