import { useState } from "react";
import type { CurvePoint, Training } from "@/api/types";
import { Segments } from "@/ui/controls";
import { LineChart } from "@/ui/line-chart";
import { Part } from "@/ui/page";
import { lossLines, perplexityWords } from "./course";
import styles from "./training.module.css";

const SCALES = [{ value: false, label: "Linear" }, { value: true, label: "Logarithmic" }] as const;

/** How the loss falls: on what it reads, and on what is held out. */
export function CurvePart({ training, points }: { training: Training; points: readonly CurvePoint[] }) {
  const [isLog, setLog] = useState(false);
  const lines = lossLines(points);
  const heldout = lines[1]?.points.at(-1)?.y;
  const best = Math.min(...(lines[1]?.points ?? []).map(({ y }) => y));
  const isWorse = heldout !== undefined && heldout > best * 1.05;
  return (
    <Part title="How it learns" aside={<Segments isFit label="Scale" choices={SCALES} value={isLog} onChange={setLog} />}>
      {points.length === 0 ? <p className={`soft ${styles.noCurve ?? ""}`}>The curve begins with the first steps. The lower it comes, the surer the model is of your text.</p> : (
        <>
          <LineChart label="Loss over the steps" across="Step" lines={lines} until={training.plan?.steps ?? 0} isLog={isLog} write={(value) => (value < 10 ? value.toFixed(2) : value.toFixed(1))} />
          {heldout !== undefined && <p className="soft">{perplexityWords(heldout)}{isWorse && " On what is held out it has become worse again: it begins to learn by heart. The best checkpoint is kept."}</p>}
        </>
      )}
    </Part>
  );
}
