import { Pause, Play } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { IconButton } from "./button";
import { clock } from "./frames";
import { decode, peaks } from "./wave";
import styles from "./players.module.css";

const BARS = 160;
const MOST_BYTES = 80_000_000; // larger sounds are heard, and not drawn

/** How loud each part of a sound is. */
function useShape(src: string): number[] {
  const [shape, setShape] = useState<number[]>([]);
  useEffect(() => {
    if (/^(blob|data):/.test(src)) return undefined; // on its way to the server: then it has an address
    const leaving = new AbortController();
    const read = async () => {
      const answer = await fetch(src, { signal: leaving.signal });
      if (Number(answer.headers.get("Content-Length")) > MOST_BYTES) {
        leaving.abort();
        return;
      }
      const sound = await decode(await answer.arrayBuffer());
      if (!leaving.signal.aborted) setShape(peaks(sound.getChannelData(0), BARS));
    };
    read().catch(() => undefined); // the shape is not needed to hear it
    return () => {
      leaving.abort();
    };
  }, [src]);
  return shape;
}

/** A sound with the shape of its loudness, which is also where one chooses what to hear. */
export function SoundPlayer({ src, label }: { src: string; label: string }) {
  const audio = useRef<HTMLAudioElement>(null);
  const shape = useShape(src);
  const [duration, setDuration] = useState(0);
  const [now, setNow] = useState(0);
  const [isPlaying, setPlaying] = useState(false);
  const [isBroken, setBroken] = useState(false);
  useEffect(() => {
    if (!isPlaying) return undefined;
    let frame = 0;
    const follow = () => {
      setNow(audio.current?.currentTime ?? 0); // smoother than the browser's own four times a second
      frame = requestAnimationFrame(follow);
    };
    follow();
    return () => {
      cancelAnimationFrame(frame);
    };
  }, [isPlaying]);
  if (isBroken) return <p className={styles.broken}>This browser cannot play this kind of sound. A model may read it all the same.</p>;
  const played = duration ? now / duration : 0;
  return (
    <div className={styles.player}>
      <div className={styles.wave}>
        <svg viewBox={`0 0 ${String(BARS)} 100`} preserveAspectRatio="none" aria-hidden="true">
          {shape.map((peak, index) => (
            <rect key={index} data-played={(index + 0.5) / shape.length < played ? "" : undefined} x={index + 0.15} width={0.7} y={50 - peak * 48} height={Math.max(1, peak * 96)} />
          ))}
        </svg>
        <i style={{ left: `${String(played * 100)}%` }} />
        <input
          type="range"
          aria-label={`Place in ${label}`}
          aria-valuetext={clock(now, 1)}
          min={0}
          max={duration || 1}
          step={0.05}
          value={now}
          onChange={(event) => {
            setNow(event.target.valueAsNumber);
            if (audio.current) audio.current.currentTime = event.target.valueAsNumber;
          }}
        />
      </div>
      <div className={styles.scrub}>
        <IconButton label={isPlaying ? "Pause" : "Play"} onClick={() => { if (isPlaying) audio.current?.pause(); else audio.current?.play().catch(() => { setPlaying(false); }); }}>
          {isPlaying ? <Pause /> : <Play />}
        </IconButton>
        <output className={styles.time} aria-live="off">{clock(now, 1)} / {clock(duration, 1)}</output>
      </div>
      <audio
        ref={audio}
        src={src}
        aria-label={label}
        onPlay={() => { setPlaying(true); }}
        onPause={() => { setPlaying(false); }}
        onLoadedMetadata={(event) => { setDuration(Number.isFinite(event.currentTarget.duration) ? event.currentTarget.duration : 0); }}
        onError={() => { setBroken(true); }}
      />
    </div>
  );
}
