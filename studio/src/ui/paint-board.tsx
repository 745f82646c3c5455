import { Brush as BrushIcon, Eraser, PaintBucket, Trash2, Undo2 } from "lucide-react";
import type { PointerEvent, ReactNode } from "react";
import { useEffect, useRef, useState } from "react";
import { Button, IconButton } from "./button";
import { Slider } from "./controls";
import { fill, stroke } from "./paint";
import type { Brush } from "./paint";
import { PictureView } from "./picture-view";
import { groundOf } from "./places";
import placeStyles from "./places.module.css";
import styles from "./paint-board.module.css";

type Tool = "brush" | "erase" | "fill";

interface PaintBoardProps {
  label: string;
  /** What is painted over, and what was painted so far. */
  picture: string | undefined;
  painted: string | undefined;
  colour: [number, number, number];
  /** What is taken away leaves this; usually nothing. */
  emptyColour?: [number, number, number, number];
  opacity: number;
  /** Called with the painted pixels after each stroke. */
  onPainted: (canvas: HTMLCanvasElement) => void;
  onClear: () => void;
  children?: ReactNode;
}

const MOST_UNDO = 20;
const MOST_SIDE = 2048; // larger pictures are painted at this size

/** A transparent sheet over a picture, with brush, eraser, fill and undo. */
export function PaintBoard(props: PaintBoardProps) {
  const { label, picture, painted, colour, emptyColour = [0, 0, 0, 0], opacity, onPainted, onClear, children } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const last = useRef<[number, number] | null>(null);
  const shown = useRef<string | undefined>(undefined);
  const [undo, setUndo] = useState<ImageData[]>([]);
  const [tool, setTool] = useState<Tool>("brush");
  const [width, setWidth] = useState(0.06); // of the picture's longer side
  const [size, setSize] = useState<{ width: number; height: number } | null>(null);

  useEffect(() => {
    if (!size || painted === shown.current) return;
    shown.current = painted;
    const context = canvas.current?.getContext("2d");
    if (!context) return;
    if (!painted) {
      context.clearRect(0, 0, size.width, size.height);
      return;
    }
    const source = new Image();
    source.onload = () => {
      context.imageSmoothingEnabled = false;
      context.clearRect(0, 0, size.width, size.height);
      context.drawImage(source, 0, 0, size.width, size.height);
    };
    source.src = painted;
  }, [painted, size]);

  const spotOf = (event: PointerEvent): [number, number] => {
    const box = event.currentTarget.getBoundingClientRect();
    const { width: across, height: down } = size ?? { width: 1, height: 1 };
    return [((event.clientX - box.left) / box.width) * across, ((event.clientY - box.top) / box.height) * down];
  };
  const change = (act: (data: ImageData) => void) => {
    const context = canvas.current?.getContext("2d", { willReadFrequently: true });
    if (!context || !size) return;
    const data = context.getImageData(0, 0, size.width, size.height);
    act(data);
    context.putImageData(data, 0, 0);
  };
  const remember = () => {
    const context = canvas.current?.getContext("2d", { willReadFrequently: true });
    if (!context || !size) return;
    const now = context.getImageData(0, 0, size.width, size.height);
    setUndo((before) => [...before.slice(1 - MOST_UNDO), now]);
  };
  const done = () => {
    last.current = null;
    if (canvas.current) onPainted(canvas.current);
  };
  const brush: Brush = {
    colour: tool === "erase" ? emptyColour : [...colour, 255],
    size: width * Math.max(size?.width ?? 1, size?.height ?? 1),
  };
  const paintTo = (spot: [number, number]) => {
    const from = last.current ?? spot;
    change((data) => { stroke(data, from, spot, brush); });
    last.current = spot;
  };
  const back = () => {
    const before = undo.at(-1);
    if (!before) return;
    canvas.current?.getContext("2d")?.putImageData(before, 0, 0);
    setUndo(undo.slice(0, -1));
    done();
  };

  return (
    <div className={styles.board}>
      <PictureView
        src={groundOf(picture)}
        alt={label}
        isDraggable={false}
        overlay={(stage) => {
          const shrink = Math.min(1, MOST_SIDE / Math.max(stage.width, stage.height));
          const wanted = { width: Math.round(stage.width * shrink), height: Math.round(stage.height * shrink) };
          return (
            <canvas
              ref={(element) => {
                canvas.current = element;
                if (element && (size?.width !== wanted.width || size.height !== wanted.height)) {
                  element.width = wanted.width;
                  element.height = wanted.height;
                  shown.current = undefined;
                  setSize(wanted);
                }
              }}
              className={placeStyles.paint}
              style={{ opacity }}
              tabIndex={0}
              aria-label={`${label}. Control and Z takes the last stroke back.`}
              onKeyDown={(event) => {
                if ((event.ctrlKey || event.metaKey) && event.key === "z") {
                  event.preventDefault();
                  back();
                }
              }}
              onPointerDown={(event) => {
                if (event.button !== 0) return;
                event.stopPropagation();
                event.currentTarget.setPointerCapture(event.pointerId);
                remember();
                if (tool === "fill") change((data) => { fill(data, spotOf(event), brush.colour); });
                else paintTo(spotOf(event));
              }}
              onPointerMove={(event) => {
                if (last.current) paintTo(spotOf(event));
              }}
              onPointerUp={done}
            />
          );
        }}
      />
      <div className={styles.tools}>
        <IconButton label="Brush" aria-pressed={tool === "brush"} onClick={() => { setTool("brush"); }}><BrushIcon /></IconButton>
        <IconButton label="Eraser" aria-pressed={tool === "erase"} onClick={() => { setTool("erase"); }}><Eraser /></IconButton>
        <IconButton label="Fill" aria-pressed={tool === "fill"} onClick={() => { setTool("fill"); }}><PaintBucket /></IconButton>
        <Slider aria-label="Size of the brush" title="Size of the brush" style={{ width: 88 }} value={width} min={0.005} max={0.3} step={0.005} onChange={setWidth} />
        <IconButton label="Undo" disabled={!undo.length} onClick={back}><Undo2 /></IconButton>
        <Button look="quiet" onClick={() => { remember(); change((data) => { for (let at = 0; at < data.data.length; at += 4) data.data.set([...colour, 255], at); }); done(); }}>Fill all</Button>
        <Button look="quiet" icon={<Trash2 />} onClick={() => { remember(); change((data) => { data.data.fill(0); }); shown.current = undefined; onClear(); }}>Clear</Button>
        {children}
      </div>
    </div>
  );
}
