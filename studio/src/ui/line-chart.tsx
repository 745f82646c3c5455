import type { KeyboardEvent } from "react";
import { useEffect, useRef, useState } from "react";
import styles from "./line-chart.module.css";
import type { Scale } from "./scale";
import { logTicks, partOf, scaleOf, thinned, ticks } from "./scale";

export interface Line {
  name: string;
  look: "thin" | "main";
  points: readonly { x: number; y: number }[];
}

interface LineChartProps {
  label: string;
  /** What goes from left to right. */
  across: string;
  lines: readonly Line[];
  /** Where it ends at the right, though no point is there yet. */
  until: number;
  isLog: boolean;
  write: (value: number) => string;
}

const HEIGHT = 240;
const LEFT = 44;
const RIGHT = 12;
const TOP = 8;
const BOTTOM = 24;
const MOST_DRAWN = 1200;
const MOST_ROWS = 40;

/** Lines over steps. A pointer or the arrow keys read a place; the same stands in a table below. */
export function LineChart({ label, across, lines, until, isLog, write }: LineChartProps) {
  const figure = useRef<HTMLElement>(null);
  const [width, setWidth] = useState(600);
  const [at, setAt] = useState<number | null>(null);
  useEffect(() => {
    const element = figure.current;
    if (!element) return undefined;
    const watch = new ResizeObserver(([entry]) => { setWidth(Math.max(200, Math.round(entry?.contentRect.width ?? 600))); });
    watch.observe(element);
    return () => { watch.disconnect(); };
  }, []);
  const high = Math.max(1, until, ...lines.map((line) => line.points.at(-1)?.x ?? 0));
  const flat: Scale = { low: 0, high, isLog: false };
  const tall = scaleOf(lines.flatMap((line) => line.points.map(({ y }) => y)), isLog);
  const x = (value: number) => LEFT + partOf(value, flat) * (width - LEFT - RIGHT);
  const y = (value: number) => TOP + (1 - partOf(value, tall)) * (HEIGHT - TOP - BOTTOM);
  const seen = lines.map((line) => ({ ...line, points: thinned(line.points.filter((point) => !isLog || point.y > 0), MOST_DRAWN) }));
  const places = [...new Set(seen.flatMap((line) => line.points.map((point) => point.x)))].sort((one, other) => one - other);
  const readAt = (place: number) => lines.flatMap((line) => {
    const near = nearest(line.points, place);
    return near ? [{ name: line.name, look: line.look, ...near }] : [];
  });
  const onKeyDown = (event: KeyboardEvent) => {
    const now = at === null ? places.length : places.findIndex((place) => place >= at);
    const big = Math.max(1, Math.round(places.length / 10));
    const to = { ArrowLeft: now - 1, ArrowRight: at === null ? 0 : now + 1, PageUp: now - big, PageDown: now + big, Home: 0, End: places.length - 1 }[event.key];
    if (to === undefined && event.key !== "Escape") return;
    event.preventDefault();
    setAt(to === undefined ? null : places[Math.min(places.length - 1, Math.max(0, to))] ?? null);
  };
  const read = at === null ? [] : readAt(at);
  return (
    <figure ref={figure} className={styles.chart}>
      <svg
        width={width}
        height={HEIGHT}
        role="img"
        tabIndex={0}
        aria-label={`${label}. ${lastWords(lines, write)} Arrow keys read it step by step; a table follows.`}
        onKeyDown={onKeyDown}
        onBlur={() => { setAt(null); }}
        onPointerLeave={() => { setAt(null); }}
        onPointerMove={(event) => {
          const box = event.currentTarget.getBoundingClientRect();
          const place = ((event.clientX - box.left - LEFT) / (width - LEFT - RIGHT)) * high;
          setAt(places.length ? near1(places, place) : null);
        }}
      >
        {(isLog ? logTicks : ticks)(tall.low, tall.high, 5).map((value) => (
          <g key={value} className={styles.tick}>
            <line x1={LEFT} x2={width - RIGHT} y1={Math.round(y(value)) + 0.5} y2={Math.round(y(value)) + 0.5} />
            <text x={LEFT - 8} y={y(value) + 4} textAnchor="end">{write(value)}</text>
          </g>
        ))}
        {ticks(0, high, Math.max(2, Math.floor(width / 120))).map((value) => (
          <text key={value} className={styles.across} x={x(value)} y={HEIGHT - 6} textAnchor={value === 0 ? "start" : x(value) > width - 40 ? "end" : "middle"}>{value.toLocaleString()}</text>
        ))}
        {seen.map((line) => (
          <g key={line.name} data-look={line.look} className={styles.line}>
            <polyline points={line.points.map((point) => `${x(point.x).toFixed(1)},${y(point.y).toFixed(1)}`).join(" ")} />
            {line.look === "main" && line.points.length <= 30 && line.points.map((point) => <circle key={point.x} cx={x(point.x)} cy={y(point.y)} r={2.5} />)}
          </g>
        ))}
        {at !== null && <line className={styles.cross} x1={x(at)} x2={x(at)} y1={TOP} y2={HEIGHT - BOTTOM} />}
      </svg>
      <figcaption className={styles.legend}>
        <span>{at === null ? across : `${across} ${at.toLocaleString()}`}</span>
        {lines.map((line) => (
          <span key={line.name} className={styles.key} data-look={line.look}>
            {line.name} <span>{write1(read.find(({ name }) => name === line.name)?.y ?? line.points.at(-1)?.y, write)}</span>
          </span>
        ))}
        <span className="unseen" aria-live="polite">{at === null ? "" : `${across} ${String(at)}: ${read.map((one) => `${one.name} ${write(one.y)}`).join(", ")}`}</span>
      </figcaption>
      <details className={styles.table}>
        <summary>As a table</summary>
        <div className={styles.scroll} tabIndex={0} role="group" aria-label={`${label}, as a table`}><Table across={across} lines={lines} places={places} write={write} /></div>
      </details>
    </figure>
  );
}

function Table({ across, lines, places, write }: Pick<LineChartProps, "across" | "lines" | "write"> & { places: number[] }) {
  const rows = thinned(places, MOST_ROWS);
  return (
    <table>
      <thead><tr><th scope="col">{across}</th>{lines.map((line) => <th key={line.name} scope="col">{line.name}</th>)}</tr></thead>
      <tbody>
        {rows.map((place) => (
          <tr key={place}>
            <th scope="row">{place.toLocaleString()}</th>
            {lines.map((line) => <td key={line.name}>{write1(line.points.find((point) => point.x === place)?.y, write)}</td>)}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const write1 = (value: number | undefined, write: (value: number) => string): string => (value === undefined ? "–" : write(value));

function near1(places: readonly number[], place: number): number {
  return places.reduce((best, one) => (Math.abs(one - place) < Math.abs(best - place) ? one : best), places[0] ?? 0);
}

function nearest(points: Line["points"], place: number): { x: number; y: number } | undefined {
  return points.reduce<{ x: number; y: number } | undefined>((best, one) => (best && Math.abs(best.x - place) <= Math.abs(one.x - place) ? best : one), undefined);
}

function lastWords(lines: readonly Line[], write: (value: number) => string): string {
  return lines.flatMap((line) => {
    const [first, last] = [line.points[0], line.points.at(-1)];
    return first && last ? [`${line.name} from ${write(first.y)} to ${write(last.y)}.`] : [];
  }).join(" ");
}
