import { Brush as BrushIcon, Eraser, Hand as HandIcon, PaintBucket, Pentagon, Redo2, Trash2, Undo2 } from "lucide-react";
import type { KeyboardEvent, ReactNode } from "react";
import { useCallback, useRef, useState, useSyncExternalStore } from "react";
import { IconButton } from "./button";
import { Slider } from "./controls";
import { isDisabled } from "./disabled";
import type { Shade } from "./paint-canvas";
import { PaintCanvas } from "./paint-canvas";
import type { Painting } from "./painting";
import { PictureView } from "./picture-view";
import { groundOf } from "./places";
import { Ring } from "./ring";
import { useBrush, usePolygon } from "./use-hand";
import styles from "./paint-board.module.css";

export type Tool = "brush" | "erase" | "fill" | "polygon" | "move";

interface PaintBoardProps {
  label: string;
  /** What is painted over. */
  picture: string | undefined;
  /** Null while it is being read. */
  painting: Painting | null;
  tools: readonly Tool[];
  /** What is painted, and what the eraser leaves is 0. */
  value: number;
  isLike?: (one: number, other: number) => boolean;
  shade: Shade;
  opacity: number;
  /** Called when a stroke or another step is done, taken back, or done again. */
  onSettled: () => void;
  /** What is wrong, to be said below. */
  wrong: string | null;
  /** More tools. */
  children?: ReactNode;
}

const TOOLS = {
  brush: { name: "Brush", key: "b", icon: <BrushIcon /> },
  erase: { name: "Eraser", key: "e", icon: <Eraser /> },
  fill: { name: "Fill", key: "f", icon: <PaintBucket /> },
  polygon: { name: "Polygon", key: "p", icon: <Pentagon /> },
  move: { name: "Move the picture", key: "h", icon: <HandIcon /> },
} as const;
const LEAST = 0.004; // of the picture's longer side
const MOST = 0.3;

const HINTS: Record<Tool, string> = {
  brush: "Arrows move the brush, Space puts it down and lifts it, [ and ] change its size.",
  erase: "Arrows move the eraser, Space puts it down and lifts it, [ and ] change its size.",
  fill: "Arrows move, Space fills what is alike.",
  polygon: "Arrows move, Space sets a corner, Enter closes the shape, Backspace takes a corner back.",
  move: "Drag to move the picture, plus and minus zoom.",
};

/** A sheet over a picture to paint on, with tools and undo. */
export function PaintBoard({ label, picture, painting, tools, value, isLike, shade, opacity, onSettled, wrong, children }: PaintBoardProps) {
  const [tool, setTool] = useState<Tool>(tools[0] ?? "brush");
  const [width, setWidth] = useState(0.06);
  const cursor = useRef<HTMLDivElement>(null);
  const listen = useCallback((onChange: () => void) => painting?.listen(onChange) ?? (() => undefined), [painting]);
  const [canUndo, canRedo] = useSyncExternalStore(listen, () => `${Number(painting?.canUndo ?? false)}${Number(painting?.canRedo ?? false)}`);
  const size = width * Math.max(painting?.width ?? 1, painting?.height ?? 1);
  const shared = { painting, cursor, onSettled };
  const brush = useBrush(shared, { isFill: tool === "fill", value: tool === "erase" ? 0 : value, size, ...(isLike ? { isLike } : {}) });
  const polygon = usePolygon(shared, value);
  const hand = tool === "polygon" ? polygon : brush;

  const choose = (next: Tool) => {
    polygon.drop();
    painting?.abandon();
    setTool(next);
  };
  const back = () => { if (painting?.undo()) onSettled(); };
  const again = () => { if (painting?.redo()) onSettled(); };
  const onKeyDown = (event: KeyboardEvent) => {
    const key = event.key.toLowerCase();
    const isField = event.target instanceof HTMLInputElement && event.target.type !== "range";
    if (isField || event.altKey || isDisabled(event.currentTarget)) return;
    if (event.ctrlKey || event.metaKey) {
      if (key === "y" || (key === "z" && event.shiftKey)) again();
      else if (key === "z") back();
      else return;
    } else if (key === "[") setWidth(Math.max(LEAST, width / 1.25));
    else if (key === "]") setWidth(Math.min(MOST, width * 1.25));
    else {
      const asked = tools.find((one) => TOOLS[one].key === key);
      if (!asked) return;
      choose(asked);
    }
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div className={styles.board} onKeyDown={onKeyDown}>
      <PictureView
        src={groundOf(picture)}
        alt={label}
        isDraggable={tool === "move"}
        overlay={({ width: across, height: down }) => (
          <>
            {painting && <PaintCanvas painting={painting} shade={shade} opacity={opacity} />}
            {tool === "polygon" && painting && <Corners painting={painting} corners={polygon.corners} />}
            <div
              className={styles.hand}
              data-tool={tool}
              role="application"
              tabIndex={0}
              aria-label={`${label}. ${HINTS[tool]} Control and Z takes the last step back.`}
              onPointerDown={hand.onPointerDown}
              onPointerMove={hand.onPointerMove}
              onPointerUp={hand.onPointerUp}
              onPointerCancel={hand.onPointerUp}
              onDoubleClick={hand.onDoubleClick}
              onKeyDown={(event) => {
                if (event.ctrlKey || event.metaKey || isDisabled(event.currentTarget) || !hand.onKey(event)) return;
                event.preventDefault();
                event.stopPropagation();
              }}
            >
              <div ref={cursor} className={styles.cursor} style={tool === "brush" || tool === "erase" ? { width: `${String((width * Math.max(across, down) * 100) / across)}%`, height: `${String((width * Math.max(across, down) * 100) / down)}%` } : undefined} />
            </div>
            {!painting && <div className={styles.waiting}><Ring size={32} /></div>}
          </>
        )}
      />
      <div className={styles.tools} role="toolbar" aria-label="Tools">
        {tools.map((one) => (
          <IconButton key={one} label={`${TOOLS[one].name} (${TOOLS[one].key.toUpperCase()})`} aria-pressed={tool === one} onClick={() => { choose(one); }}>
            {TOOLS[one].icon}
          </IconButton>
        ))}
        {(tool === "brush" || tool === "erase") && (
          <label className={styles.knob}>
            Size
            <Slider aria-label="Size of the brush" value={Math.sqrt(width)} min={Math.sqrt(LEAST)} max={Math.sqrt(MOST)} step={0.01} onChange={(root) => { setWidth(root ** 2); }} />
          </label>
        )}
        <span className={styles.row}>
          <IconButton label="Undo (Ctrl Z)" disabled={canUndo === "0"} onClick={back}><Undo2 /></IconButton>
          <IconButton label="Redo (Ctrl Shift Z)" disabled={canRedo === "0"} onClick={again}><Redo2 /></IconButton>
          <IconButton label="Clear" disabled={painting?.isNothing ?? true} onClick={() => { painting?.clear(); if (painting?.settle()) onSettled(); }}><Trash2 /></IconButton>
        </span>
        {children}
        {wrong && <p className={styles.wrong} role="alert">{wrong}</p>}
      </div>
    </div>
  );
}

/** The corners of a polygon that is not closed yet. */
function Corners({ painting, corners }: { painting: Painting; corners: readonly (readonly [number, number])[] }) {
  const points = corners.map(([x, y]) => `${String(x)},${String(y)}`).join(" ");
  return (
    <svg className={styles.corners} viewBox={`0 0 ${String(painting.width)} ${String(painting.height)}`} preserveAspectRatio="none" aria-hidden="true">
      <polyline points={points} stroke="#000" strokeWidth={4} />
      <polyline points={points} stroke="#fff" strokeWidth={2} />
      {corners.map(([x, y], index) => (
        <g key={index} stroke={index ? "#fff" : "#000"}>
          <line x1={x} x2={x} y1={y} y2={y} strokeWidth={index ? 7 : 12} strokeLinecap="round" stroke="#000" />
          <line x1={x} x2={x} y1={y} y2={y} strokeWidth={index ? 5 : 9} strokeLinecap="round" stroke="#fff" />
        </g>
      ))}
    </svg>
  );
}
