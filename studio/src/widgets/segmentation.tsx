import { Upload } from "lucide-react";
import { useEffect, useMemo, useState } from "react";
import type { Port } from "@/api/types";
import { IconButton } from "@/ui/button";
import { palette } from "@/ui/colours";
import { Slider, TextInput } from "@/ui/controls";
import { DropZone } from "@/ui/drop-zone";
import { PaintBoard } from "@/ui/paint-board";
import { PaintCanvas } from "@/ui/paint-canvas";
import type { Painting } from "@/ui/painting";
import { PictureView } from "@/ui/picture-view";
import { groundOf } from "@/ui/places";
import { labelForm, labelShade } from "./paint-forms";
import { readPainting, usePainting } from "./use-painting";
import { useUpload } from "./use-upload";
import type { InputProps, OutputProps, Widget } from "./widget";
import { checkStored, titleOf, useTools } from "./widget";
import styles from "./widgets.module.css";

const SEARCHED = 12; // labels above which a search field helps

// Where nothing is said of labels there are numbers: some to paint with, and all that a file may have.
const NUMBERS = Object.fromEntries(Array.from({ length: 9 }, (_, id) => [String(id), id]));
const MOST_NUMBERS = 256;

const hasLabels = (port: Port): boolean => Boolean(port.constraints["labels"]);

/** The colour of each value that a pixel may have. */
function tableOf(port: Port): string[] {
  const colours = Object.values(coloursOf(port));
  return hasLabels(port) ? colours : Array.from({ length: MOST_NUMBERS }, (_, id) => colours[id % colours.length] ?? "#000000");
}

function coloursOf(port: Port): Record<string, string> {
  const labels = (port.constraints["labels"] ?? NUMBERS) as Record<string, number>;
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

function Input({ port, value, onChange, wrong, scene, id }: InputProps) {
  const title = titleOf(port);
  const colours = useMemo(() => coloursOf(port), [port]);
  const labels = Object.keys(colours);
  const [chosen, setChosen] = useState(labels[1] ?? labels[0] ?? "");
  const hasPicture = scene.picture !== undefined;
  const form = useMemo(() => labelForm(tableOf(port), hasLabels(port)), [port]);
  const shade = useMemo(() => labelShade(tableOf(port), !hasPicture), [port, hasPicture]);
  const { painting, wrong: failure, keep, choose: takeFile } = usePainting({ name: port.name, value, onChange, ground: groundOf(scene.picture), form });
  const upload = useUpload(takeFile);
  return (
    <div className={styles.layered} role="group" aria-label={title} id={id}>
      <DropZone accept="image/*" label={`Choose a segmentation: ${title}`} isBare onFiles={([file]) => { if (file) upload.send(file); }}>
        {(choose) => (
          <PaintBoard
            label={`${title}: paint with ${chosen}`}
            picture={scene.picture}
            painting={painting}
            tools={["brush", "fill", "polygon", "move"]}
            value={Math.max(0, labels.indexOf(chosen))}
            shade={shade}
            opacity={hasPicture ? 0.65 : 1}
            onSettled={keep}
            wrong={upload.wrong ?? failure ?? wrong}
          >
            <IconButton label="Choose a file" onClick={choose}><Upload /></IconButton>
          </PaintBoard>
        )}
      </DropZone>
      <Legend colours={colours} chosen={chosen} onChoose={setChosen} />
    </div>
  );
}

/** Numbers without labels, in colours that are told apart: in their file they are nearly black. */
function Numbers({ src, port }: { src: string; port: Port }) {
  const [painting, setPainting] = useState<Painting | null>(null);
  const shade = useMemo(() => labelShade(tableOf(port), true), [port]);
  useEffect(() => {
    let isGone = false;
    readPainting(src, labelForm(tableOf(port), false)).then(
      (made) => { if (!isGone) setPainting(made); },
      () => undefined, // the view says that it cannot be shown
    );
    return () => {
      isGone = true;
    };
  }, [src, port]);
  return painting && <PaintCanvas painting={painting} shade={shade} opacity={1} />;
}

function Output({ port, value, scene }: OutputProps) {
  const [strength, setStrength] = useState(1);
  const src = useTools().urlOf(value);
  if (src === undefined) return <p className={styles.nothing}>No segmentation.</p>;
  const drawn = hasLabels(port) ? <img src={src} alt="" style={{ width: "100%", height: "100%", imageRendering: "pixelated" }} /> : <Numbers src={src} port={port} />;
  return (
    <div className={styles.layered}>
      <PictureView
        src={scene.picture ?? src}
        alt={titleOf(port)}
        overlay={scene.picture !== undefined || !hasLabels(port) ? () => <div style={{ opacity: scene.picture === undefined ? 1 : strength, height: "100%" }}>{drawn}</div> : undefined}
        chips={scene.picture && (
          <label className={styles.chips}>
            <span className={styles.busy}>Strength <Slider aria-label="Strength" value={strength} min={0} max={1} step={0.05} onChange={setStrength} style={{ width: 80 }} /></span>
          </label>
        )}
      />
      {hasLabels(port) && <Legend colours={coloursOf(port)} />}
    </div>
  );
}

export const widget: Widget = { shape: () => "large", Input, Output, check: checkStored("a segmentation") };
