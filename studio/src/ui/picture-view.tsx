import { Columns2, Maximize, ZoomIn, ZoomOut } from "lucide-react";
import type { KeyboardEvent, PointerEvent, ReactNode } from "react";
import { useRef, useState } from "react";
import { PixelReadout } from "./pixel-readout";
import styles from "./picture-view.module.css";
import { useZoom } from "./use-zoom";
import type { Size } from "./zoom";

/** The size of the picture in its own pixels, and how many pixels of the screen one of them takes. */
export interface Stage extends Size {
  scale: number;
}

interface PictureViewProps {
  src: string;
  alt: string;
  /** What lies over the picture, in its own pixels. */
  overlay?: (stage: Stage) => ReactNode;
  /** The picture that it was made from: a slider shows the one left and the other right. */
  before?: string | undefined;
  /** Whether dragging moves the picture; not, where one draws on it. */
  isDraggable?: boolean;
  isDimmed?: boolean;
  chips?: ReactNode;
}

/** A picture with zoom and pan, things drawn over it, and a slider between before and after. */
export function PictureView({ src, alt, overlay, before, isDraggable = true, isDimmed, chips }: PictureViewProps) {
  const view = useRef<HTMLDivElement>(null);
  const [natural, setNatural] = useState<Size | null>(null);
  const [isBroken, setBroken] = useState(false);
  const [isComparing, setComparing] = useState(false);
  const [split, setSplit] = useState(0.5);
  const zoom = useZoom(view, natural, isDraggable);
  const { place } = zoom;
  const size = natural ?? { width: 1, height: 1 };
  // Not before the picture is there: what is not seen yet cannot take the focus.
  const isSplit = isComparing && before !== undefined && natural !== null;

  return (
    <div
      ref={view}
      className={styles.view}
      data-zoomed={zoom.isFitted ? undefined : ""}
      role="group"
      tabIndex={0}
      aria-label={`${alt}. Keys: plus and minus zoom, 0 fits, 1 shows each pixel, arrows move.${before === undefined ? "" : " B shows it before and after."}`}
      onPointerDown={zoom.onPointerDown}
      onPointerMove={zoom.onPointerMove}
      onPointerUp={zoom.onPointerUp}
      onPointerLeave={zoom.onPointerUp}
      onPointerCancel={zoom.onPointerUp}
      onKeyDown={(event) => {
        if (event.key.toLowerCase() === "b" && before !== undefined && event.target === event.currentTarget && !event.ctrlKey && !event.metaKey) setComparing(!isComparing);
        else zoom.onKeyDown(event);
      }}
      onDoubleClick={(event) => {
        if ((event.target as HTMLElement).closest("button") || !isDraggable) return;
        if (zoom.isFitted) zoom.scaleTo(Math.max(1, place.scale * 2));
        else zoom.fit();
      }}
    >
      <div
        className={styles.stage}
        data-checkered=""
        data-pixels={place.scale >= 4 ? "" : undefined}
        style={{
          width: size.width * place.scale,
          height: size.height * place.scale,
          transform: `translate(${String(place.x)}px, ${String(place.y)}px)`,
          visibility: natural ? "visible" : "hidden",
        }}
      >
        <img
          src={src}
          alt={alt}
          draggable={false}
          decoding="async"
          style={isDimmed ? { opacity: 0.5 } : undefined}
          onLoad={(event) => {
            setBroken(false);
            const { naturalWidth: width, naturalHeight: height } = event.currentTarget;
            if (natural?.width !== width || natural.height !== height) setNatural({ width: width || 300, height: height || 150 });
          }}
          onError={() => {
            setBroken(true);
          }}
        />
        {isSplit && <img src={before} alt="Before" draggable={false} style={{ clipPath: `inset(0 ${String((1 - split) * 100)}% 0 0)` }} />}
        {natural && overlay && (
          <div className={styles.overlay}>{overlay({ ...natural, scale: place.scale })}</div>
        )}
        {isSplit && <SplitHandle split={split} onChange={setSplit} />}
      </div>
      {isSplit && (
        <>
          <span className={styles.side} style={{ left: 8 }}>Before</span>
          <span className={styles.side} style={{ right: 8 }}>After</span>
        </>
      )}
      {isBroken && <p className={styles.side} style={{ left: 8 }}>This picture cannot be shown here.</p>}
      <div className={`${styles.chip ?? ""} ${styles.tools ?? ""}`}>
        <button type="button" aria-label="Zoom out" title="Zoom out (-)" onClick={() => { zoom.by(0.8); }}><ZoomOut /></button>
        <button type="button" aria-label="Zoom in" title="Zoom in (+)" onClick={() => { zoom.by(1.25); }}><ZoomIn /></button>
        <button type="button" aria-label="Fit" title="Fit (0)" onClick={zoom.fit}><Maximize /></button>
      </div>
      <div className={styles.chips}>
        <div className={styles.chip}>
          <span>
            {natural ? `${String(natural.width)} × ${String(natural.height)}` : "…"}
            {natural && ` · ${String(Math.round(place.scale * 100))} %`}
          </span>
        </div>
        {natural && <PixelReadout view={view} src={src} left={isSplit ? { src: before, until: split } : undefined} picture={natural} place={place} />}
        {before !== undefined && (
          <div className={styles.chip}>
            <button type="button" aria-pressed={isComparing} aria-label="Before and after" title="Before and after (B)" onClick={() => { setComparing(!isComparing); }}>
              <Columns2 />
            </button>
          </div>
        )}
        {chips}
      </div>
    </div>
  );
}

/** The line between before and after: drag it, or move it with the arrow keys. */
function SplitHandle({ split, onChange }: { split: number; onChange: (split: number) => void }) {
  const move = (event: PointerEvent<HTMLButtonElement>) => {
    event.stopPropagation();
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const box = event.currentTarget.parentElement?.getBoundingClientRect();
    if (box) onChange(Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const far = event.shiftKey ? 5 : 1;
    const step = { ArrowLeft: -0.02 * far, ArrowDown: -0.02 * far, ArrowRight: 0.02 * far, ArrowUp: 0.02 * far, PageDown: -0.1, PageUp: 0.1, Home: -1, End: 1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    onChange(Math.min(1, Math.max(0, split + step)));
  };
  return (
    <button
      type="button"
      role="slider"
      aria-label="Before and after"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(split * 100)}
      aria-valuetext={`${String(Math.round(split * 100))} % before`}
      autoFocus
      className={styles.handle}
      style={{ left: `${String(split * 100)}%` }}
      onPointerDown={(event) => {
        event.stopPropagation();
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={move}
      onKeyDown={onKeyDown}
    />
  );
}
