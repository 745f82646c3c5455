import type { RefObject } from "react";
import { useEffect, useState } from "react";
import type { Rgba } from "./pixels";
import { Pixels } from "./pixels";
import styles from "./picture-view.module.css";
import type { Place, Size } from "./zoom";
import { pixelAt } from "./zoom";

interface PixelReadoutProps {
  view: RefObject<HTMLElement | null>;
  src: string;
  /** What is seen instead on the left, up to a part of the width. */
  left?: { src: string; until: number } | undefined;
  picture: Size;
  place: Place;
}

/** Which pixel lies under the pointer, and its colour; with the keyboard, which lies in the middle. */
export function PixelReadout({ view, src, left, picture, place }: PixelReadoutProps) {
  const [spot, setSpot] = useState<{ x: number; y: number } | "middle" | null>(null);
  const own = usePixels(src, spot !== null);
  const other = usePixels(left?.src, spot !== null);
  useEffect(() => {
    const element = view.current;
    if (!element) return undefined;
    const onMove = (event: PointerEvent) => {
      const box = element.getBoundingClientRect();
      setSpot({ x: event.clientX - box.left, y: event.clientY - box.top });
    };
    const onLeave = () => { setSpot(null); };
    const onFocus = () => { if (element.matches(":focus-visible")) setSpot("middle"); };
    const pairs = [["pointermove", onMove], ["pointerleave", onLeave], ["focus", onFocus], ["blur", onLeave]] as const;
    for (const [name, act] of pairs) element.addEventListener(name, act as EventListener);
    onFocus(); // it may have had the focus before there was a picture
    return () => {
      for (const [name, act] of pairs) element.removeEventListener(name, act as EventListener);
    };
  }, [view]);
  const room = view.current;
  const isMiddle = spot === "middle";
  const at = spot && pixelAt(isMiddle ? { x: (room?.clientWidth ?? 0) / 2, y: (room?.clientHeight ?? 0) / 2 } : spot, place, picture);
  const middle = at && { x: (at.x + 0.5) / picture.width, y: (at.y + 0.5) / picture.height };
  const pixels = middle && left && middle.x < left.until ? other : own;
  return at && <Readout at={at} colour={(middle && pixels?.at(middle.x, middle.y)) ?? null} isSpoken={isMiddle} />;
}

function Readout({ at, colour, isSpoken }: { at: { x: number; y: number }; colour: Rgba | null; isSpoken: boolean }) {
  return (
    <div className={styles.chip}>
      <output className={styles.readout} aria-live={isSpoken ? "polite" : "off"} aria-label="Pixel">
        <span>{at.x}, {at.y}</span>
        {colour && <i style={{ background: `rgb(${colour.slice(0, 3).join(" ")} / ${String(colour[3] / 255)})` }} />}
        {colour && <span>{colour.join(" ")}</span>}
      </output>
    </div>
  );
}

/** The pixels of a picture, while they are wanted: those of a large one take much memory. */
function usePixels(src: string | undefined, isWanted: boolean): Pixels | null {
  const [ready, setReady] = useState<{ src: string; pixels: Pixels } | null>(null);
  useEffect(() => {
    if (src === undefined || !isWanted) return undefined;
    const pixels: Pixels = new Pixels(src, () => { setReady({ src, pixels }); });
    return () => {
      pixels.close();
    };
  }, [src, isWanted]);
  return ready?.src === src ? ready?.pixels ?? null : null;
}
