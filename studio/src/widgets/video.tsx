import { ChevronLeft, ChevronRight, Film } from "lucide-react";
import { useRef } from "react";
import { IconButton } from "@/ui/button";
import { StoredInput } from "./file";
import type { InputProps, OutputProps, Widget } from "./widget";
import { checkStored, titleOf, useTools } from "./widget";
import styles from "./widgets.module.css";

const FRAME_S = 1 / 25; // the usual; a browser does not say what a video has

/** A video with steps of one frame beside the browser's own controls. */
function Player({ src, label }: { src: string; label: string }) {
  const video = useRef<HTMLVideoElement>(null);
  const step = (frames: number) => {
    if (!video.current) return;
    video.current.pause();
    video.current.currentTime += frames * FRAME_S;
  };
  return (
    <div className={styles.player}>
      <video ref={video} src={src} controls loop playsInline aria-label={label} />
      <div className={styles.bar}>
        <IconButton label="One frame back" onClick={() => { step(-1); }}><ChevronLeft /></IconButton>
        <IconButton label="One frame on" onClick={() => { step(1); }}><ChevronRight /></IconButton>
      </div>
    </div>
  );
}

function Input(props: InputProps) {
  return <StoredInput {...props} accept="video/*,.mkv,image/gif" noun="a video" icon={<Film />} show={(src) => <Player src={src} label={titleOf(props.port)} />} />;
}

function Output({ port, value }: OutputProps) {
  const src = useTools().urlOf(value);
  return src === undefined ? <p className={styles.nothing}>No video.</p> : <div className={styles.stored}><Player src={src} label={titleOf(port)} /></div>;
}

export const widget: Widget = { shape: () => "large", Input, Output, check: checkStored("a video") };
