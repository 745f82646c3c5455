import { Camera, ImagePlus, Link2, Replace, X } from "lucide-react";
import { useRef, useState } from "react";
import { AddressDialog } from "@/ui/address-dialog";
import { Button } from "@/ui/button";
import { CameraDialog } from "@/ui/camera";
import { DropHint, DropZone } from "@/ui/drop-zone";
import { ProblemNote } from "@/ui/empty";
import { PictureView } from "@/ui/picture-view";
import { Ring } from "@/ui/ring";
import { usePaste, useUpload } from "./use-upload";
import type { InputProps, OutputProps, Widget } from "./widget";
import { checkStored, titleOf, useTools, wordsOf } from "./widget";
import styles from "./widgets.module.css";

const NOT_PICTURE = "What lies at this address is no picture: a page, perhaps. Open the picture by itself, and copy its address.";

function Input({ port, value, onChange, wrong, id }: InputProps) {
  const tools = useTools();
  const upload = useUpload(onChange);
  const [open, setOpen] = useState<"camera" | "address" | null>(null);
  const close = () => { setOpen(null); };
  const fetch = async (url: string) => {
    try {
      const found = await tools.fetch(url);
      if (!found.media_type?.startsWith("image/")) return NOT_PICTURE;
      onChange(found);
      return null;
    } catch (error) {
      return wordsOf(error);
    }
  };
  const place = useRef<HTMLDivElement>(null);
  usePaste(place, (file) => file.type.startsWith("image/"), upload.send);
  const src = upload.url ?? tools.urlOf(value);
  const title = titleOf(port);
  return (
    <div ref={place} className={styles.fill} role="group" aria-label={title} id={id}>
      <DropZone
        accept="image/*"
        label={`Choose a picture: ${title}`}
        isBare={src !== undefined}
        onFiles={([file]) => {
          if (file) upload.send(file);
        }}
      >
        {(choose) =>
          src === undefined ? (
            <DropHint icon={<ImagePlus />} title={title} about={`${port.description || "A picture."} Drop it here, or paste it.`}>
              <Button onClick={choose}>Choose a picture</Button>
              <Button icon={<Camera />} onClick={() => { setOpen("camera"); }}>Camera</Button>
              <Button icon={<Link2 />} onClick={() => { setOpen("address"); }}>From the web</Button>
            </DropHint>
          ) : (
            <PictureView
              src={src}
              alt={title}
              isDimmed={upload.fraction !== null}
              chips={
                <span className={styles.chips}>
                  {upload.fraction !== null && <span className={styles.busy}><Ring fraction={upload.fraction} size={16} /> Sending</span>}
                  <button type="button" onClick={choose}><Replace /> Replace</button>
                  <button type="button" aria-label="Camera" title="Camera" onClick={() => { setOpen("camera"); }}><Camera /></button>
                  <button type="button" aria-label="From the web" title="From the web" onClick={() => { setOpen("address"); }}><Link2 /></button>
                  <button type="button" aria-label="Remove the picture" title="Remove the picture" onClick={() => { onChange(undefined); }}><X /></button>
                </span>
              }
            />
          )
        }
      </DropZone>
      {(upload.wrong ?? wrong) && <div className={styles.note}><ProblemNote message={upload.wrong ?? wrong ?? ""} /></div>}
      {open === "camera" && <CameraDialog onPicture={upload.send} onClose={close} />}
      {open === "address" && <AddressDialog noun="a picture" onAddress={fetch} onClose={close} />}
    </div>
  );
}

function Output({ port, value, scene, isPreview }: OutputProps) {
  const src = useTools().urlOf(value);
  if (src === undefined) return <p className={styles.nothing}>No picture.</p>;
  return <PictureView src={src} alt={titleOf(port)} before={isPreview ? undefined : scene.picture} />;
}

export const widget: Widget = { shape: () => "large", Input, Output, check: checkStored("a picture") };
