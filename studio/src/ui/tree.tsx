import styles from "./pieces.module.css";

const OPEN_UP_TO = 12;
const MOST_SHOWN = 200;

function Leaf({ value }: { value: unknown }) {
  return typeof value === "string" ? <b>{JSON.stringify(value)}</b> : <span>{value === undefined ? "–" : JSON.stringify(value)}</span>;
}

function Branch({ name, value, depth }: { name: string | null; value: unknown; depth: number }) {
  const isList = Array.isArray(value);
  if (!isList && (typeof value !== "object" || value === null)) {
    return (
      <div>
        {name !== null && <i>{name}: </i>}
        <Leaf value={value} />
      </div>
    );
  }
  const entries = Object.entries(value as Record<string, unknown>);
  const count = isList ? `[${String(entries.length)}]` : `{${String(entries.length)}}`;
  return (
    <details open={depth === 0 || (depth < 3 && entries.length <= OPEN_UP_TO)}>
      <summary>
        {name !== null && <i>{name} </i>}
        <i>{count}</i>
      </summary>
      {entries.slice(0, MOST_SHOWN).map(([key, part]) => (
        <Branch key={key} name={key} value={part} depth={depth + 1} />
      ))}
      {entries.length > MOST_SHOWN && <div><i>and {entries.length - MOST_SHOWN} more</i></div>}
    </details>
  );
}

/** Any JSON value as a tree that opens and folds. */
export function Tree({ value }: { value: unknown }) {
  return (
    <div className={styles.tree}>
      <Branch name={null} value={value} depth={0} />
    </div>
  );
}
