import { X } from "lucide-react";
import { size } from "@/ui/amounts";
import { IconButton } from "@/ui/button";
import { Ring } from "@/ui/ring";
import type { Upload } from "./uploads";
import styles from "./uploads.module.css";

/** How far a file is, in a few words. */
export function sent({ fraction, size_bytes, isWaiting }: Upload): string {
  if (isWaiting) return "Waiting for the server, then it goes on";
  return `${String(Math.floor(fraction * 100))} % of ${size(size_bytes)}`;
}

/** Large files on their way, each with what stops it. */
export function UploadRows({ uploads }: { uploads: Upload[] }) {
  if (!uploads.length) return null;
  return (
    <ul className={styles.uploads} aria-label="Files on their way">
      {uploads.map((one) => (
        <li key={one.id}>
          <Ring fraction={one.isWaiting ? null : one.fraction} />
          <span className={styles.words}>
            <strong title={one.name}>{one.name}</strong>
            <span className="soft">{sent(one)}</span>
          </span>
          <IconButton label={`Stop sending ${one.name}`} onClick={one.cancel}><X /></IconButton>
        </li>
      ))}
    </ul>
  );
}
