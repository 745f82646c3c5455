import type { ReactNode } from "react";
import { useCallback, useRef, useState } from "react";
import { isDisabled } from "./disabled";
import { droppedFiles } from "./dropped";
import styles from "./pieces.module.css";

interface DropZoneProps {
  /** File name endings or media types, as in the attribute `accept` of a file input. */
  accept?: string;
  isFolder?: boolean;
  isMultiple?: boolean;
  onFiles: (files: File[]) => void;
  label: string;
  /** Without an edge, because something is there already. */
  isBare?: boolean;
  children: (choose: () => void) => ReactNode;
}

/** A place that takes files: dropped on it, pasted while it is in the window, or chosen. */
export function DropZone({ accept, isFolder, isMultiple, onFiles, label, isBare, children }: DropZoneProps) {
  const input = useRef<HTMLInputElement>(null);
  const choose = useCallback(() => input.current?.click(), []);
  const [isOver, setOver] = useState(false);
  const take = (files: Iterable<File> & { length: number } | null | undefined) => {
    setOver(false);
    if (files?.length) onFiles(isMultiple || isFolder ? [...files] : [...files].slice(0, 1));
  };
  return (
    <div
      className={styles.drop}
      data-over={isOver ? "" : undefined}
      data-bare={isBare ? "" : undefined}
      onDragOver={(event) => {
        if (isDisabled(event.currentTarget) || ![...event.dataTransfer.types].includes("Files")) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false);
      }}
      onDrop={(event) => {
        event.preventDefault();
        if (isDisabled(event.currentTarget)) return;
        if (isMultiple || isFolder) void droppedFiles(event.dataTransfer).then(take);
        else take(event.dataTransfer.files);
      }}
    >
      <Chooser choose={choose}>{children}</Chooser>
      <input
        ref={input}
        type="file"
        hidden
        aria-label={label}
        accept={accept}
        multiple={isMultiple}
        {...(isFolder ? { webkitdirectory: "" } : {})}
        onChange={(event) => {
          take(event.target.files);
          event.target.value = ""; // so that the same file can be chosen again
        }}
      />
    </div>
  );
}

function Chooser({ choose, children }: { choose: () => void; children: (choose: () => void) => ReactNode }) {
  return children(choose);
}

export function DropHint({ icon, title, about, children }: { icon: ReactNode; title: string; about?: ReactNode; children: ReactNode }) {
  return (
    <div className={styles.dropInside}>
      {icon}
      <strong>{title}</strong>
      {about && <span className="soft">{about}</span>}
      <div className={styles.row}>{children}</div>
    </div>
  );
}
