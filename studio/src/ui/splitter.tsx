import type { KeyboardEvent, PointerEvent } from "react";
import styles from "./pieces.module.css";

interface SplitterProps {
  label: string;
  /** The part of the room that is left of it, 0..1. */
  share: number;
  onChange: (share: number) => void;
}

const within = (share: number) => Math.min(0.8, Math.max(0.2, share));

/** The line between two panes: drag it, move it with the arrow keys, double-click for the middle. */
export function Splitter({ label, share, onChange }: SplitterProps) {
  const onPointerMove = (event: PointerEvent<HTMLButtonElement>) => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const box = event.currentTarget.parentElement?.getBoundingClientRect();
    if (box) onChange(within((event.clientX - box.left) / box.width));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowLeft: -0.02, ArrowRight: 0.02 }[event.key];
    if (step) onChange(within(share + step));
  };
  return (
    <button
      type="button"
      role="separator"
      aria-orientation="vertical"
      aria-label={label}
      aria-valuemin={20}
      aria-valuemax={80}
      aria-valuenow={Math.round(share * 100)}
      className={styles.splitter}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={onPointerMove}
      onKeyDown={onKeyDown}
      onDoubleClick={() => {
        onChange(0.5);
      }}
    />
  );
}
