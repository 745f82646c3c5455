import { ChevronLeft, ChevronRight, Pause, Play, Volume2, VolumeX } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { IconButton } from "./button";
import { Slider } from "./controls";
import { clock, guessedFrame, measureFrames, onFrames } from "./frames";
import styles from "./players.module.css";

// A little more, so that a time that was rounded down is not taken for the frame before.
const frameAt = (time: number, frame: number): number => Math.floor(time / frame + 0.1);

/** A video to go through frame by frame. */
export function VideoPlayer({ src, label }: { src: string; label: string }) {
  const video = useRef<HTMLVideoElement>(null);
  const [about, setAbout] = useState<{ duration: number; frame: number }>({ duration: 0, frame: guessedFrame });
  const [now, setNow] = useState(0); // the frame that is seen
  const [isPlaying, setPlaying] = useState(false);
  const [isMuted, setMuted] = useState(false);
  const [isBroken, setBroken] = useState(false);
  const count = Math.max(1, Math.round(about.duration / about.frame));

  useEffect(() => measureFrames(src, (frame) => { setAbout((known) => ({ ...known, frame })); }), [src]);
  useEffect(() => {
    const element = video.current;
    if (!element) return undefined;
    return onFrames(element, (time) => {
      // While it stands still, the frame is what was asked for; those that come late are from places it was to show before.
      if (!element.paused) setNow(frameAt(time, about.frame));
    });
  }, [about.frame]);

  const show = (frame: number) => {
    const wanted = Math.min(count - 1, Math.max(0, frame));
    setNow(wanted);
    if (!video.current) return;
    video.current.pause();
    video.current.currentTime = (wanted + 0.5) * about.frame; // its middle: its edge may belong to its neighbour
  };
  const toggle = () => {
    if (isPlaying) video.current?.pause();
    else video.current?.play().catch(() => { setPlaying(false); });
  };
  if (isBroken) return <p className={styles.broken}>This browser cannot show this kind of video. A model may read it all the same.</p>;
  return (
    <div className={styles.player}>
      <video
        ref={video}
        src={src}
        loop
        playsInline
        muted={isMuted}
        aria-label={label}
        onClick={toggle}
        onPlay={() => { setPlaying(true); }}
        onPause={(event) => {
          setPlaying(false);
          setNow(frameAt(event.currentTarget.currentTime, about.frame));
        }}
        onLoadedMetadata={(event) => {
          const { duration } = event.currentTarget;
          setAbout((known) => ({ ...known, duration: Number.isFinite(duration) ? duration : 0 }));
        }}
        onError={() => { setBroken(true); }}
      />
      <div className={styles.scrub}>
        <IconButton label={isPlaying ? "Pause" : "Play"} onClick={toggle}>{isPlaying ? <Pause /> : <Play />}</IconButton>
        <IconButton label="One frame back" disabled={now === 0} onClick={() => { show(now - 1); }}><ChevronLeft /></IconButton>
        <Slider aria-label={`Frame of ${label}`} aria-valuetext={`Frame ${String(now + 1)} of ${String(count)}`} value={Math.min(now, count - 1)} min={0} max={count - 1} step={1} onChange={show} />
        <IconButton label="One frame on" disabled={now >= count - 1} onClick={() => { show(now + 1); }}><ChevronRight /></IconButton>
        <IconButton label={isMuted ? "Sound on" : "Sound off"} onClick={() => { setMuted(!isMuted); }}>{isMuted ? <VolumeX /> : <Volume2 />}</IconButton>
        <output className={styles.time} aria-live="off">{clock(now * about.frame)} · {now + 1} / {count}</output>
      </div>
    </div>
  );
}
