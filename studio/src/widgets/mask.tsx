import { Contrast, Upload } from "lucide-react";
import { useCallback, useSyncExternalStore } from "react";
import { IconButton } from "@/ui/button";
import { Slider } from "@/ui/controls";
import { DropZone } from "@/ui/drop-zone";
import { PaintBoard } from "@/ui/paint-board";
import boardStyles from "@/ui/paint-board.module.css";
import type { Painting } from "@/ui/painting";
import { PictureView } from "@/ui/picture-view";
import { groundOf } from "@/ui/places";
import { maskForm, maskShade } from "./paint-forms";
import { usePainting } from "./use-painting";
import { useUpload } from "./use-upload";
import type { InputProps, OutputProps, Widget } from "./widget";
import { checkStored, titleOf, useTools } from "./widget";
import styles from "./widgets.module.css";

const MOST_FEATHER = 0.1; // of the picture's longer side
const COUNTED = 200_000; // pixels, which is enough for a percentage
const isChosen = (amount: number) => amount > 127;
const isLike = (one: number, other: number) => isChosen(one) === isChosen(other);

/** How much of the picture is chosen. */
function Share({ painting }: { painting: Painting }) {
  const listen = useCallback((onChange: () => void) => painting.listen(onChange), [painting]);
  const percent = useSyncExternalStore(listen, () => {
    if (painting.isNothing) return null;
    const step = Math.ceil(painting.values.length / COUNTED) | 1; // odd, so that it does not keep to one column
    let count = 0;
    for (let at = 0; at < painting.values.length; at += step) count += isChosen(painting.values[at] ?? 0) ? 1 : 0;
    return Math.round((100 * count * step) / painting.values.length);
  });
  return <output>{percent === null ? "Nothing chosen" : `${String(percent)} % chosen`}</output>;
}

function Feather({ painting, onSettled }: { painting: Painting; onSettled: () => void }) {
  const listen = useCallback((onChange: () => void) => painting.listen(onChange), [painting]);
  const softness = useSyncExternalStore(listen, () => painting.softness);
  return (
    <label className={boardStyles.knob}>
      Feather
      <Slider aria-label="Feather: soften the edges" value={softness} min={0} max={MOST_FEATHER} step={0.002} onChange={(made) => { painting.soften(made); onSettled(); }} />
    </label>
  );
}

function Input({ port, value, onChange, wrong, scene, id }: InputProps) {
  const title = titleOf(port);
  const { painting, wrong: failure, keep, choose: takeFile } = usePainting({ name: port.name, value, onChange, ground: groundOf(scene.picture), form: maskForm });
  const upload = useUpload(takeFile);
  return (
    <div className={styles.fill} role="group" aria-label={title} id={id}>
      <DropZone accept="image/*" label={`Choose a mask: ${title}`} isBare onFiles={([file]) => { if (file) upload.send(file); }}>
        {(choose) => (
          <PaintBoard
            label={`${title}: paint what is meant`}
            picture={scene.picture}
            painting={painting}
            tools={["brush", "erase", "fill", "move"]}
            value={255}
            isLike={isLike}
            shade={maskShade}
            opacity={0.65}
            onSettled={keep}
            wrong={upload.wrong ?? failure ?? wrong}
          >
            {painting && <Feather painting={painting} onSettled={() => { if (!painting.isNothing) keep(); }} />}
            <IconButton label="Invert" disabled={!painting} onClick={() => { painting?.map((amount) => 255 - amount); if (painting?.settle()) keep(); }}><Contrast /></IconButton>
            <IconButton label="Choose a file" onClick={choose}><Upload /></IconButton>
            <span className={boardStyles.end}>{painting && <Share painting={painting} />}</span>
          </PaintBoard>
        )}
      </DropZone>
    </div>
  );
}

function Output({ port, value, scene, isPreview }: OutputProps) {
  const src = useTools().urlOf(value);
  return src === undefined ? <p className={styles.nothing}>No mask.</p> : <PictureView src={src} alt={titleOf(port)} before={isPreview ? undefined : scene.picture} />;
}

export const widget: Widget = { shape: () => "large", Input, Output, check: checkStored("a mask") };
