/** The frames of a video: browsers tell times, people count frames. */

/** Video that says which frames it shows; not every browser has it. */
interface Frames {
  requestVideoFrameCallback?: (heard: (now: number, about: { mediaTime: number }) => void) => number;
}

const GUESS_S = 1 / 25; // until it is known
const LOOKED_AT = 8;
const FASTEST_S = 1 / 241;

/** Hear of each frame that is shown, until the returned function is called. */
export function onFrames(video: HTMLVideoElement, heard: (time: number) => void): () => void {
  let isGone = false;
  const next = () => {
    (video as Frames).requestVideoFrameCallback?.((_, { mediaTime }) => {
      if (isGone) return;
      heard(mediaTime);
      next();
    });
  };
  const tell = () => { heard(video.currentTime); };
  if ((video as Frames).requestVideoFrameCallback) next();
  else video.addEventListener("timeupdate", tell);
  return () => {
    isGone = true;
    video.removeEventListener("timeupdate", tell);
  };
}

/** How long one frame lasts, by the times of the first few: the shortest distance between two. */
export function frameLength(times: readonly number[]): number {
  const apart = times.slice(1).map((time, index) => time - (times[index] ?? 0)).filter((distance) => distance > FASTEST_S);
  return apart.length ? Math.min(...apart) : GUESS_S;
}

/** Play the first frames where nobody sees it, to learn how long one lasts. */
export function measureFrames(src: string, onKnown: (seconds: number) => void): () => void {
  const video = document.createElement("video");
  const times: number[] = [];
  const stop = () => {
    forget();
    video.pause();
    video.removeAttribute("src");
    video.load();
  };
  const forget = onFrames(video, (time) => {
    times.push(time);
    if (times.length < LOOKED_AT && !video.ended) return;
    stop();
    onKnown(frameLength(times));
  });
  video.muted = true;
  video.playsInline = true;
  video.onended = () => { onKnown(frameLength(times)); };
  video.src = src;
  video.play().catch(() => undefined); // whoever shows it says what is wrong with it
  return stop;
}

export const guessedFrame = GUESS_S;

/** 75.5 -> "1:15.50" */
export function clock(seconds: number, digits = 2): string {
  const minutes = Math.floor(seconds / 60);
  return `${String(minutes)}:${(seconds - minutes * 60).toFixed(digits).padStart(digits ? digits + 3 : 2, "0")}`;
}
