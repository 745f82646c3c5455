import { Camera, SwitchCamera } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { Button } from "./button";
import { Dialog } from "./dialog";
import { ProblemNote } from "./empty";
import styles from "./pieces.module.css";

const WHY: Record<string, string> = {
  NotAllowedError: "The browser does not let the studio use the camera. Allow it beside the address, then try again.",
  NotFoundError: "No camera was found. Connect one, or choose a picture.",
  NotReadableError: "Another program uses the camera. Close that, then try again.",
};

/** Take one picture with the camera. It stays in this browser until it is taken. */
export function CameraDialog({ onPicture, onClose }: { onPicture: (file: File) => void; onClose: () => void }) {
  const video = useRef<HTMLVideoElement>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  const [isReady, setReady] = useState(false);
  const [cameras, setCameras] = useState<{ all: string[]; now: string | undefined }>({ all: [], now: undefined });
  const [chosen, setChosen] = useState<string | null>(null);
  useEffect(() => {
    let stream: MediaStream | null = null;
    let isGone = false;
    const start = async () => {
      try {
        // Not there at all where the page is neither on this machine nor behind https.
        const devices = navigator.mediaDevices as MediaDevices | undefined;
        if (!devices) throw new DOMException("", "NotFoundError");
        const wanted = { width: { ideal: 1920 }, height: { ideal: 1080 }, ...(chosen === null ? {} : { deviceId: { exact: chosen } }) };
        stream = await devices.getUserMedia({ video: wanted });
        const found = await devices.enumerateDevices(); // their names are told only to whom the camera was given
        if (isGone) stream.getTracks().forEach((track) => { track.stop(); });
        else if (video.current) video.current.srcObject = stream;
        setCameras({ all: found.filter(({ kind }) => kind === "videoinput").map(({ deviceId }) => deviceId), now: stream.getVideoTracks()[0]?.getSettings().deviceId });
      } catch (error) {
        setWrong(WHY[error instanceof DOMException ? error.name : ""] ?? "The camera does not start.");
      }
    };
    void start();
    return () => {
      isGone = true;
      stream?.getTracks().forEach((track) => { track.stop(); });
    };
  }, [chosen]);
  const turn = () => {
    setReady(false);
    setChosen(cameras.all[(cameras.all.indexOf(cameras.now ?? "") + 1) % cameras.all.length] ?? null);
  };
  const take = () => {
    const source = video.current;
    if (!source?.videoWidth) return; // another camera is just being started
    const canvas = document.createElement("canvas");
    canvas.width = source.videoWidth;
    canvas.height = source.videoHeight;
    canvas.getContext("2d")?.drawImage(source, 0, 0);
    canvas.toBlob((blob) => {
      if (!blob) {
        setWrong("This browser cannot make a picture of what the camera shows. Choose a file instead.");
        return;
      }
      onPicture(new File([blob], "camera.jpg", { type: "image/jpeg" }));
      onClose();
    }, "image/jpeg", 0.95);
  };
  return (
    <Dialog title="Camera" onClose={onClose} actions={cameras.all.length > 1 && <Button look="quiet" icon={<SwitchCamera />} onClick={turn}>Other camera</Button>}>
      <div className={styles.camera}>
        {wrong ? <ProblemNote message={wrong} /> : <video ref={video} autoPlay playsInline muted onEmptied={() => { setReady(false); }} onLoadedData={() => { setReady(true); }} />}
        <Button look="main" size="large" icon={<Camera />} disabled={!isReady || wrong !== null} onClick={take}>
          Take picture
        </Button>
      </div>
    </Dialog>
  );
}
