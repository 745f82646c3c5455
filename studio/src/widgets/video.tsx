import { Film } from "lucide-react";
import { VideoPlayer } from "@/ui/video-player";
import { StoredInput } from "./file";
import type { InputProps, OutputProps, Widget } from "./widget";
import { checkStored, isFileValue, titleOf, useTools } from "./widget";
import styles from "./widgets.module.css";

/** A video; an animated GIF, which browsers take for a picture, as one. */
function Shown({ src, label, value }: { src: string; label: string; value: unknown }) {
  const isGif = isFileValue(value) ? value.media_type === "image/gif" : src.startsWith("data:image/");
  return isGif ? <img className={styles.gif} src={src} alt={label} /> : <VideoPlayer key={src} src={src} label={label} />;
}

function Input(props: InputProps) {
  return <StoredInput {...props} accept="video/*,.mkv,image/gif" noun="a video" icon={<Film />} show={(src) => <Shown src={src} label={titleOf(props.port)} value={props.value} />} />;
}

function Output({ port, value }: OutputProps) {
  const src = useTools().urlOf(value);
  return src === undefined ? <p className={styles.nothing}>No video.</p> : <div className={styles.stored}><Shown src={src} label={titleOf(port)} value={value} /></div>;
}

export const widget: Widget = { shape: () => "large", Input, Output, check: checkStored("a video") };
