import { AudioLines } from "lucide-react";
import { Recorder } from "@/ui/recorder";
import { SoundPlayer } from "@/ui/sound-player";
import { asWaveFile } from "@/ui/wave";
import { StoredInput } from "./file";
import type { InputProps, OutputProps, Widget } from "./widget";
import { checkStored, numberWord, titleOf, useTools } from "./widget";
import styles from "./widgets.module.css";

const LONGEST_S = 3600;

function Input(props: InputProps) {
  return (
    <StoredInput
      {...props}
      accept="audio/*"
      noun="a sound"
      icon={<AudioLines />}
      convert={asWaveFile}
      extra={(take) => <Recorder mostSeconds={numberWord(props.port, "max_duration_s") ?? LONGEST_S} onFile={take} />}
      show={(src) => <SoundPlayer key={src} src={src} label={titleOf(props.port)} />}
    />
  );
}

function Output({ port, value }: OutputProps) {
  const src = useTools().urlOf(value);
  return src === undefined ? <p className={styles.nothing}>No sound.</p> : <div className={styles.stored}><SoundPlayer key={src} src={src} label={titleOf(port)} /></div>;
}

export const widget: Widget = { shape: () => "large", Input, Output, check: checkStored("a sound") };
