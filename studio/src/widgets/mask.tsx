import { Upload } from "lucide-react";
import { Button } from "@/ui/button";
import { DropZone } from "@/ui/drop-zone";
import { PaintBoard } from "@/ui/paint-board";
import { PictureView } from "@/ui/picture-view";
import { useUpload } from "./use-upload";
import type { InputProps, OutputProps, Widget } from "./widget";
import { checkStored, titleOf, useTools } from "./widget";
import styles from "./widgets.module.css";

/** White where something was painted, black elsewhere: what a mask is in a file. */
function asMask(canvas: HTMLCanvasElement): HTMLCanvasElement {
  const made = document.createElement("canvas");
  made.width = canvas.width;
  made.height = canvas.height;
  const context = made.getContext("2d");
  const source = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height);
  if (!context || !source) return made;
  for (let at = 0; at < source.data.length; at += 4) {
    const isChosen = (source.data[at + 3] ?? 0) > 127;
    source.data.set(isChosen ? [255, 255, 255, 255] : [0, 0, 0, 255], at);
  }
  context.putImageData(source, 0, 0);
  return made;
}

function Input({ port, value, onChange, wrong, scene, id }: InputProps) {
  const upload = useUpload(onChange);
  // What is painted here is not read back: a mask has no colour and no see-through parts, the sheet has both.
  return (
    <div className={styles.fill} role="group" aria-label={titleOf(port)} id={id}>
      <DropZone accept="image/*" label={`Choose a mask: ${titleOf(port)}`} isBare onFiles={([file]) => { if (file) upload.send(file); }}>
        {(choose) => (
          <PaintBoard
            label={`${titleOf(port)}: paint what is meant`}
            picture={scene.picture}
            painted={undefined}
            colour={[42, 72, 204]}
            opacity={0.6}
            onClear={() => { onChange(undefined); }}
            onPainted={(canvas) => {
              asMask(canvas).toBlob((blob) => {
                if (blob) upload.send(new File([blob], `${port.name}.png`, { type: "image/png" }));
              });
            }}
          >
            <Button look="quiet" icon={<Upload />} onClick={choose}>Choose a file</Button>
            <span className="soft">{upload.wrong ?? wrong ?? (value === undefined ? "Nothing chosen yet" : "Mask is kept")}</span>
          </PaintBoard>
        )}
      </DropZone>
    </div>
  );
}

function Output({ port, value }: OutputProps) {
  const src = useTools().urlOf(value);
  return src === undefined ? <p className={styles.nothing}>No mask.</p> : <PictureView src={src} alt={titleOf(port)} />;
}

export const widget: Widget = { shape: () => "large", Input, Output, check: checkStored("a mask") };
