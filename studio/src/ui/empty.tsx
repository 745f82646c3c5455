import { TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import styles from "./pieces.module.css";

/** A place with nothing in it: what will be here, and what to do for that. */
export function Empty({ icon, title, children, actions }: { icon?: ReactNode; title: string; children?: ReactNode; actions?: ReactNode }) {
  return (
    <div className={styles.empty}>
      {icon}
      <h2>{title}</h2>
      {children && <p>{children}</p>}
      {actions && <div className={styles.row}>{actions}</div>}
    </div>
  );
}

interface ProblemNoteProps {
  message: string;
  hint?: string | null | undefined;
  detail?: string | null | undefined;
  actions?: ReactNode;
}

/** An error: what was expected, what was given, what to do. */
export function ProblemNote({ message, hint, detail, actions }: ProblemNoteProps) {
  return (
    <div className={styles.problem} role="alert">
      <TriangleAlert aria-hidden="true" />
      <div>
        <strong>{message.slice(0, 1).toUpperCase() + message.slice(1)}</strong>
        {hint && <span>{hint}</span>}
        {detail && (
          <details>
            <summary>Details</summary>
            <pre tabIndex={0}>{detail}</pre>
          </details>
        )}
        {actions && <div className={styles.row} style={{ justifyContent: "start", marginTop: 8 }}>{actions}</div>}
      </div>
    </div>
  );
}
