import { useEffect, useRef } from "react";
import { reachOf } from "./feather";
import type { Rect } from "./paint";
import { grown, wholeOf } from "./paint";
import type { Painting } from "./painting";
import placeStyles from "./places.module.css";

/** Red, green, blue and alpha of each pixel of a part of a painting. */
export type Shade = (painting: Painting, part: Rect) => Uint8ClampedArray<ArrayBuffer>;

interface PaintCanvasProps {
  painting: Painting;
  shade: Shade;
  opacity: number;
}

/** What a painting looks like; only what has changed is drawn anew. */
export function PaintCanvas({ painting, shade, opacity }: PaintCanvasProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const draw = (touched: Rect) => {
      const part = grown(touched, reachOf(painting.radius), painting);
      const [width, height] = [part.right - part.left, part.bottom - part.top];
      if (touched.left === touched.right || width <= 0 || height <= 0) return;
      canvas.current?.getContext("2d")?.putImageData(new ImageData(shade(painting, part), width, height), part.left, part.top);
    };
    draw(wholeOf(painting));
    return painting.listen(draw);
  }, [painting, shade]);
  return <canvas ref={canvas} width={painting.width} height={painting.height} className={placeStyles.paint} style={{ opacity }} aria-hidden="true" />;
}
