import type { ReactNode } from "react";
import styles from "./controls.module.css";

interface FieldProps {
  label: string;
  htmlFor?: string;
  /** For groups of controls, which are named by the id of their label. */
  labelId?: string;
  /** Said, but not shown: the name stands above already. */
  isNameUnseen?: boolean;
  about?: string;
  wrong?: string | null;
  aside?: ReactNode;
  children: ReactNode;
}

/** A control with its name, what it is about, and what is wrong with it. `<id>-about` describes the control. */
export function Field({ label, htmlFor, labelId, isNameUnseen, about, wrong, aside, children }: FieldProps) {
  const id = htmlFor ?? labelId;
  return (
    <div className={styles.field}>
      <div className={styles.label}>
        {htmlFor ? (
          <label htmlFor={htmlFor} id={labelId} className={isNameUnseen ? "unseen" : undefined}>
            {label}
          </label>
        ) : (
          <span id={labelId} className={isNameUnseen ? "unseen" : undefined}>{label}</span>
        )}
        {aside}
      </div>
      {children}
      <div id={id && `${id}-about`} aria-live="polite">
        {wrong ? <span className={styles.wrong}>{wrong}</span> : about ? <p className={styles.about}>{about}</p> : null}
      </div>
    </div>
  );
}

/** A word beside what one draws: what to do, or what is wrong. */
export function Said({ wrong, children }: { wrong: string | null; children: ReactNode }) {
  return wrong ? <span className={styles.wrong} role="alert">{wrong}</span> : <span>{children}</span>;
}
