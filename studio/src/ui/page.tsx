import type { ReactNode } from "react";
import { useId } from "react";
import styles from "./page.module.css";

/** A part of a page with a name. */
export function Part({ title, aside, children }: { title: string; aside?: ReactNode; children: ReactNode }) {
  const id = useId();
  return (
    <section className={styles.part} aria-labelledby={id}>
      <header className={styles.partHead}>
        <h3 id={id}>{title}</h3>
        {aside}
      </header>
      {children}
    </section>
  );
}

/** How something stands, in a word with a dot. */
export function StateWord({ tone, children }: { tone: "good" | "busy" | "bad" | "still"; children: ReactNode }) {
  return <span className={styles.state} data-tone={tone}>{children}</span>;
}

/** Figures and what they are of. */
export function Facts({ facts }: { facts: readonly (readonly [string, ReactNode])[] }) {
  return <dl className={styles.facts}>{facts.map(([word, value]) => <div key={word}><dt>{word}</dt><dd>{value}</dd></div>)}</dl>;
}

export interface LoggedLine {
  key: string | number;
  at: string;
  text: string;
  level: string;
}

/** What has happened, line by line. */
export function LogLines({ lines }: { lines: readonly LoggedLine[] }) {
  return (
    <ol className={styles.log} tabIndex={0} aria-label="Log">
      {lines.map(({ key, at, text, level }) => (
        <li key={key} data-level={level}>
          <time dateTime={at}>{new Date(at).toLocaleTimeString([])}</time>
          <span>{text}</span>
        </li>
      ))}
    </ol>
  );
}
