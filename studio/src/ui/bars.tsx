import type { PointerEvent } from "react";
import styles from "./bars.module.css";

interface BarsProps {
  numbers: readonly number[];
  low: number;
  high: number;
  /** Those that stand out: from the first up to the second, which is none of them. */
  chosen?: readonly [number, number];
  /** Drawn over with the pointer. */
  onDraw?: (index: number, value: number) => void;
}

const MOST_BARS = 256; // more are thinner than a pixel; then each stands for several

/** Many numbers at once, as bars from zero. */
export function Bars({ numbers, low, high, chosen, onDraw }: BarsProps) {
  const count = Math.min(MOST_BARS, numbers.length);
  const indexOf = (bar: number) => Math.floor((bar * numbers.length) / Math.max(1, count));
  const span = high - low || 1;
  const partOf = (number: number) => Math.min(1, Math.max(0, (number - low) / span));
  const zero = partOf(0);
  const draw = (event: PointerEvent<SVGSVGElement>) => {
    if (!onDraw || !event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const box = event.currentTarget.getBoundingClientRect();
    const bar = Math.min(count - 1, Math.max(0, Math.floor(((event.clientX - box.left) / box.width) * count)));
    const part = Math.min(1, Math.max(0, 1 - (event.clientY - box.top) / box.height));
    onDraw(indexOf(bar), Number((low + part * span).toFixed(4)));
  };
  return (
    <svg
      className={styles.bars}
      data-still={onDraw ? undefined : ""}
      viewBox={`0 0 ${String(Math.max(1, count))} 1`}
      preserveAspectRatio="none"
      aria-hidden="true"
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        draw(event);
      }}
      onPointerMove={draw}
    >
      {Array.from({ length: count }, (_, bar) => {
        const index = indexOf(bar);
        const part = partOf(numbers[index] ?? 0);
        const isChosen = chosen && index >= chosen[0] && index < chosen[1];
        return <rect key={bar} data-chosen={isChosen ? "" : undefined} x={bar + 0.1} width={0.8} y={1 - Math.max(part, zero)} height={Math.max(0.012, Math.abs(part - zero))} />;
      })}
    </svg>
  );
}
