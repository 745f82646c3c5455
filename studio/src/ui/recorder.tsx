import { Mic, Square } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { Button } from "./button";
import { clock } from "./frames";
import styles from "./players.module.css";

const WHY: Record<string, string> = {
  NotAllowedError: "The browser does not let the studio hear the microphone. Allow it beside the address, then try again.",
  NotFoundError: "No microphone was found. Connect one, or choose a file.",
  NotReadableError: "Another program uses the microphone. Close that, then try again.",
};

/** What comes in from a microphone, until it is stopped. */
class Recording {
  readonly since = performance.now();
  private readonly recorder: MediaRecorder;
  private readonly context = new AudioContext();
  private readonly analyser = this.context.createAnalyser();
  private readonly samples = new Float32Array(this.analyser.fftSize);
  private readonly stream: MediaStream;

  constructor(stream: MediaStream, onFile: (file: File) => void) {
    this.stream = stream;
    this.context.createMediaStreamSource(stream).connect(this.analyser);
    this.recorder = new MediaRecorder(stream);
    this.recorder.ondataavailable = ({ data }) => { onFile(new File([data], "recording.webm", { type: data.type })); };
    this.recorder.start();
  }

  /** How loud it is now, 0..1. */
  get level(): number {
    this.analyser.getFloatTimeDomainData(this.samples);
    return Math.min(1, this.samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0));
  }

  get seconds(): number {
    return (performance.now() - this.since) / 1000;
  }

  stop(): void {
    if (this.recorder.state !== "inactive") this.recorder.stop();
    for (const track of this.stream.getTracks()) track.stop();
    void this.context.close();
  }
}

interface RecorderProps {
  onFile: (file: File) => void;
  /** After so long it stops by itself. */
  mostSeconds: number;
}

/** Record a sound. It stays in this browser until it is stopped. */
export function Recorder({ onFile, mostSeconds }: RecorderProps) {
  const [recording, setRecording] = useState<Recording | null>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  const level = useRef<HTMLElement>(null);
  const time = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    if (!recording) return undefined;
    let frame = 0;
    const follow = () => {
      if (level.current) level.current.style.scale = `${String(Math.sqrt(recording.level))} 1`;
      if (time.current) time.current.textContent = clock(recording.seconds, 1);
      if (recording.seconds >= mostSeconds) setRecording(null);
      else frame = requestAnimationFrame(follow);
    };
    follow();
    return () => {
      cancelAnimationFrame(frame);
      recording.stop();
    };
  }, [recording, mostSeconds]);
  const start = async () => {
    setWrong(null);
    try {
      // Not there at all where the page is neither on this machine nor behind https.
      const devices = navigator.mediaDevices as MediaDevices | undefined;
      if (!devices) throw new DOMException("", "NotFoundError");
      setRecording(new Recording(await devices.getUserMedia({ audio: true }), onFile));
    } catch (error) {
      setWrong(WHY[error instanceof DOMException ? error.name : ""] ?? "The recording does not start.");
    }
  };
  if (!recording) {
    return (
      <>
        <Button icon={<Mic />} onClick={() => void start()}>Record</Button>
        {wrong && <p className={styles.wrong} role="alert">{wrong}</p>}
      </>
    );
  }
  return (
    <span className={styles.recording}>
      <Button look="main" icon={<Square />} onClick={() => { setRecording(null); }}>Stop recording</Button>
      <span ref={time} className={styles.time}>0:00.0</span>
      <span className={styles.level} aria-hidden="true"><i ref={level} /></span>
    </span>
  );
}
