import { Upload } from "lucide-react";
import { useMemo, useState } from "react";
import type { Port } from "@/api/types";
import { IconButton } from "@/ui/button";
import { palette } from "@/ui/colours";
import { Slider, TextInput } from "@/ui/controls";
import { DropZone } from "@/ui/drop-zone";
import { PaintBoard } from "@/ui/paint-board";
import { PictureView } from "@/ui/picture-view";
import { groundOf } from "@/ui/places";
import { labelForm, labelShade } from "./paint-forms";
import { usePainting } from "./use-painting";
import { useUpload } from "./use-upload";
import type { InputProps, OutputProps, Widget } from "./widget";
import { checkStored, titleOf, useTools } from "./widget";
import styles from "./widgets.module.css";

const SEARCHED = 12; // labels above which a search field helps

const NUMBERS = Object.fromEntries(Array.from({ length: 9 }, (_, id) => [String(id), id])); // where nothing is said of labels

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
  const upload = useUpload(onChange);
  const colours = useMemo(() => coloursOf(port), [port]);
  const labels = Object.keys(colours);
  const [chosen, setChosen] = useState(labels[1] ?? labels[0] ?? "");
  const hasPicture = scene.picture !== undefined;
  const form = useMemo(() => labelForm(Object.values(colours), port.constraints["labels"] !== undefined), [colours, port]);
  const shade = useMemo(() => labelShade(Object.values(colours), !hasPicture), [colours, hasPicture]);
  const { painting, wrong: failure, keep } = usePainting({ name: port.name, value, onChange, ground: groundOf(scene.picture), form });
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
