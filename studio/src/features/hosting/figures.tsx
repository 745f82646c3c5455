import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "@/api/client";
import type { Figures } from "@/api/types";
import { counted, duration } from "@/ui/amounts";
import { Segments } from "@/ui/controls";
import { Facts, Part } from "@/ui/page";
import styles from "./hosting.module.css";

const SPANS = [
  { value: 60, label: "Hour", step: 1, words: "a minute" },
  { value: 1440, label: "Day", step: 30, words: "half an hour" },
  { value: 10_080, label: "Week", step: 240, words: "4 hours" },
] as const;
const LOOK_MS = 5000;

/** Requests and errors over time, and how long they took. */
export function FiguresPart({ name }: { name: string }) {
  const [span, setSpan] = useState<(typeof SPANS)[number]["value"]>(60);
  const { step, words } = SPANS.find(({ value }) => value === span) ?? SPANS[0];
  const figures = useQuery({ queryKey: ["figures", name, span], queryFn: () => api.figures(name, span, step), refetchInterval: LOOK_MS, placeholderData: (before) => before });
  const total = figures.data?.total;
  const facts: [string, string][] = total
    ? [
        ["Requests", String(total.requests)],
        ["Failed", String(total.errors)],
        ["Refused", String(total.refused)],
        ["Half took up to", total.median_ms === null ? "–" : duration(total.median_ms / 1000)],
        ["99 % up to", total.p99_ms === null ? "–" : duration(total.p99_ms / 1000)],
        ["In the model", total.requests === 0 ? "–" : duration(total.compute_s)],
      ]
    : [];
  return (
    <Part title="Requests" aside={<Segments isFit label="How far back" choices={SPANS} value={span} onChange={setSpan} />}>
      <Facts facts={facts} />
      {figures.data && <Bars figures={figures.data} words={words} />}
    </Part>
  );
}

/** A line of the list: what was asked of a deployment in the last day, and what failed of it. */
export function Today({ name, isPublic }: { name: string; isPublic: boolean }) {
  const day = useQuery({ queryKey: ["figures", name, "day"], queryFn: () => api.figures(name, 1440, 1440), refetchInterval: LOOK_MS });
  const total = day.data?.total;
  return (
    <span className={styles.today}>
      {isPublic && <span className="soft">Public</span>}
      {total && <span className="soft">{counted(total.requests, "request")}</span>}
      {total && total.errors > 0 && <span className={styles.errors}>{`${String(total.errors)} failed`}</span>}
    </span>
  );
}

const WIDTH = 600;
const HEIGHT = 72;

function Bars({ figures, words }: { figures: Figures; words: string }) {
  const { steps, total } = figures;
  const most = Math.max(1, ...steps.map((step) => step.requests + step.refused));
  const wide = WIDTH / steps.length;
  const clock = (minute: number) => new Date(minute * 60_000).toLocaleString([], { weekday: "short", hour: "2-digit", minute: "2-digit" });
  const tall = (count: number) => (count / most) * (HEIGHT - 2);
  return (
    <figure className={styles.bars}>
      <svg viewBox={`0 0 ${String(WIDTH)} ${String(HEIGHT)}`} preserveAspectRatio="none" role="img" aria-label={`${counted(total.requests, "request")}, ${String(total.errors)} failed, ${String(total.refused)} refused`}>
        <line x1="0" x2={WIDTH} y1={HEIGHT - 0.5} y2={HEIGHT - 0.5} />
        {steps.map((step, index) => {
          const good = step.requests - step.errors;
          const [x, width] = [index * wide + wide * 0.1, wide * 0.8];
          const parts: [string, number, number][] = [["good", good, 0], ["bad", step.errors, good], ["refused", step.refused, step.requests]];
          return (
            <g key={step.minute}>
              <title>{`${clock(step.minute)}: ${counted(step.requests, "request")}, ${String(step.errors)} failed, ${String(step.refused)} refused`}</title>
              <rect x={index * wide} y={0} width={wide} height={HEIGHT} fill="transparent" />
              {parts.map(([kind, count, below]) => count > 0 && <rect key={kind} data-kind={kind} x={x} width={width} y={HEIGHT - 1 - tall(below + count)} height={Math.max(1, tall(count))} />)}
            </g>
          );
        })}
      </svg>
      <figcaption className="soft">
        <span>{clock(steps[0]?.minute ?? 0)}</span>
        <span>{total.requests + total.refused > 0 ? `at most ${String(most)} in ${words}` : "nothing asked yet"}</span>
        <span>now</span>
      </figcaption>
    </figure>
  );
}
