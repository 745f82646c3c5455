import styles from "./pieces.module.css";

/** How far something is; without a fraction: that it goes on. Words beside it say the rest. */
export function Ring({ fraction, size = 20 }: { fraction?: number | null | undefined; size?: number }) {
  const isKnown = fraction !== null && fraction !== undefined;
  const length = 2 * Math.PI * 8;
  const part = isKnown ? Math.min(1, Math.max(0.02, fraction)) : 0.3;
  return (
    <svg className={styles.ring} data-busy={isKnown ? undefined : ""} width={size} height={size} viewBox="0 0 20 20" aria-hidden="true">
      <circle cx="10" cy="10" r="8" strokeWidth="2.5" />
      <circle cx="10" cy="10" r="8" strokeWidth="2.5" strokeLinecap="round" strokeDasharray={`${String(part * length)} ${String(length)}`} />
    </svg>
  );
}
