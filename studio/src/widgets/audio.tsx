import { AudioLines, Mic, Square } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { Button } from "@/ui/button";
import { asWaveFile, decode, peaks } from "@/ui/wave";
import { StoredInput } from "./file";
import { useUpload } from "./use-upload";
import type { InputProps, OutputProps, Widget } from "./widget";
import { checkStored, titleOf, useTools } from "./widget";
import styles from "./widgets.module.css";

const BARS = 160;

/** The sound with the shape of its loudness. */
function Player({ src, label }: { src: string; label: string }) {
  const [shape, setShape] = useState<number[]>([]);
  useEffect(() => {
    let isGone = false;
    const read = async () => {
      const sound = await decode(await (await fetch(src)).arrayBuffer());
      if (!isGone) setShape(peaks(sound.getChannelData(0), BARS));
    };
    read().catch(() => { setShape([]); }); // the shape is not needed to hear it
    return () => {
      isGone = true;
    };
  }, [src]);
  return (
    <div className={styles.player}>
      <svg className={styles.wave} viewBox={`0 0 ${String(BARS)} 100`} preserveAspectRatio="none" aria-hidden="true">
        {shape.map((peak, index) => (
          <rect key={index} x={index + 0.15} width={0.7} y={50 - peak * 48} height={Math.max(1, peak * 96)} />
        ))}
      </svg>
      <audio src={src} controls aria-label={label} />
    </div>
  );
}

function Recorder({ onChange }: { onChange: (value: unknown) => void }) {
  const upload = useUpload(onChange);
  const recorder = useRef<MediaRecorder | null>(null);
  const [isOn, setOn] = useState(false);
  const [wrong, setWrong] = useState(false);
  const start = async () => {
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
      const made = new MediaRecorder(stream);
      made.ondataavailable = async (event) => {
        stream.getTracks().forEach((track) => { track.stop(); });
        upload.send(await asWaveFile(new File([event.data], "recording.webm", { type: event.data.type })));
      };
      recorder.current = made;
      made.start();
      setOn(true);
    } catch {
      setWrong(true);
    }
  };
  useEffect(() => () => { recorder.current?.stream.getTracks().forEach((track) => { track.stop(); }); }, []);
  if (wrong || upload.wrong) return <span className="soft">{upload.wrong ?? "The browser gives no microphone."}</span>;
  return isOn ? (
    <Button icon={<Square />} onClick={() => { recorder.current?.stop(); setOn(false); }}>Stop recording</Button>
  ) : (
    <Button icon={<Mic />} onClick={() => void start()}>Record</Button>
  );
}

function Input(props: InputProps) {
  return (
    <StoredInput
      {...props}
      accept="audio/*"
      noun="a sound"
      icon={<AudioLines />}
      convert={asWaveFile}
      extra={<Recorder onChange={props.onChange} />}
      show={(src) => <Player src={src} label={titleOf(props.port)} />}
    />
  );
}

function Output({ port, value }: OutputProps) {
  const src = useTools().urlOf(value);
  return src === undefined ? <p className={styles.nothing}>No sound.</p> : <div className={styles.stored}><Player src={src} label={titleOf(port)} /></div>;
}

export const widget: Widget = { shape: () => "large", Input, Output, check: checkStored("a sound") };
