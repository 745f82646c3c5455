import { useState } from "react";
import type { Port } from "@/api/types";
import { palette, rgb } from "@/ui/colours";
import { Slider, TextInput } from "@/ui/controls";
import { PaintBoard } from "@/ui/paint-board";
import { PictureView } from "@/ui/picture-view";
import { useUpload } from "./use-upload";
import type { InputProps, OutputProps, Widget } from "./widget";
import { checkStored, titleOf, useTools } from "./widget";
import styles from "./widgets.module.css";

const SEARCHED = 12; // labels above which a search field helps

function coloursOf(port: Port): Record<string, string> {
  const labels = (port.constraints["labels"] ?? { ground: 0, figure: 1 }) as Record<string, number>;
  return palette(Object.keys(labels), (port.constraints["colours"] ?? {}) as Record<string, string>);
}

/** What each label's colour is; with `onChoose` one of them is painted with. */
function Legend({ colours, chosen, onChoose }: { colours: Record<string, string>; chosen?: string; onChoose?: (label: string) => void }) {
  const [search, setSearch] = useState("");
  const labels = Object.keys(colours).filter((label) => label.toLowerCase().includes(search.toLowerCase()));
  return (
    <div className={styles.legend}>
      {Object.keys(colours).length > SEARCHED && (
        <TextInput type="search" aria-label="Search labels" placeholder="Search labels" style={{ width: 140 }} value={search} onChange={(event) => { setSearch(event.target.value); }} />
      )}
      {labels.map((label) =>
        onChoose ? (
          <button key={label} type="button" className={styles.key} aria-pressed={label === chosen} onClick={() => { onChoose(label); }}>
            <i style={{ background: colours[label] }} /> {label}
          </button>
        ) : (
          <span key={label} className={styles.key}><i style={{ background: colours[label] }} /> {label}</span>
        ),
      )}
    </div>
  );
}

/** The painted colours on the ground of the first label: every pixel of a segmentation means something. */
function asWhole(canvas: HTMLCanvasElement, ground: string): HTMLCanvasElement {
  const made = document.createElement("canvas");
  made.width = canvas.width;
  made.height = canvas.height;
  const context = made.getContext("2d");
  if (!context) return made;
  context.fillStyle = ground;
  context.fillRect(0, 0, made.width, made.height);
  context.drawImage(canvas, 0, 0);
  return made;
}

function Input({ port, value, onChange, wrong, scene, id }: InputProps) {
  const upload = useUpload(onChange);
  const tools = useTools();
  const colours = coloursOf(port);
  const labels = Object.keys(colours);
  const [chosen, setChosen] = useState(labels[1] ?? labels[0] ?? "");
  const ground = colours[labels[0] ?? ""] ?? "#000000";
  return (
    <div className={styles.layered} role="group" aria-label={titleOf(port)} id={id}>
      <PaintBoard
        label={`${titleOf(port)}: paint with ${chosen}`}
        picture={scene.picture}
        painted={tools.urlOf(value)}
        colour={rgb(colours[chosen] ?? "#d60000")}
        emptyColour={[...rgb(ground), 255]}
        opacity={scene.picture ? 0.6 : 1}
        onClear={() => { onChange(undefined); }}
        onPainted={(canvas) => {
          asWhole(canvas, ground).toBlob((blob) => {
            if (blob) upload.send(new File([blob], `${port.name}.png`, { type: "image/png" }));
          });
        }}
      >
        {(upload.wrong ?? wrong) && <span className="soft">{upload.wrong ?? wrong}</span>}
      </PaintBoard>
      <Legend colours={colours} chosen={chosen} onChoose={setChosen} />
    </div>
  );
}

function Output({ port, value, scene }: OutputProps) {
  const [strength, setStrength] = useState(1);
  const src = useTools().urlOf(value);
  if (src === undefined) return <p className={styles.nothing}>No segmentation.</p>;
  return (
    <div className={styles.layered}>
      <PictureView
        src={scene.picture ?? src}
        alt={titleOf(port)}
        overlay={scene.picture ? () => <img src={src} alt="" style={{ width: "100%", height: "100%", opacity: strength, imageRendering: "pixelated" }} /> : undefined}
        chips={scene.picture && (
          <label className={styles.chips}>
            <span className={styles.busy}>Strength <Slider aria-label="Strength" value={strength} min={0} max={1} step={0.05} onChange={setStrength} style={{ width: 80 }} /></span>
          </label>
        )}
      />
      {port.constraints["labels"] !== undefined && <Legend colours={coloursOf(port)} />}
    </div>
  );
}

export const widget: Widget = { shape: () => "large", Input, Output, check: checkStored("a segmentation") };
