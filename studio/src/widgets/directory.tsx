import { Folder, FolderUp, X } from "lucide-react";
import { useState } from "react";
import { counted } from "@/ui/amounts";
import { Button, IconButton } from "@/ui/button";
import { DropHint, DropZone } from "@/ui/drop-zone";
import { ProblemNote } from "@/ui/empty";
import { Ring } from "@/ui/ring";
import type { InputProps, OutputProps, Widget } from "./widget";
import { numberWord, titleOf, useTools, wordsOf } from "./widget";
import styles from "./widgets.module.css";

const MOST_SHOWN = 200;

function filesOf(value: unknown): Record<string, unknown> | null {
  if (typeof value !== "object" || value === null || !("files" in value)) return null;
  return typeof value.files === "object" ? (value.files as Record<string, unknown>) : null;
}

/** The name of a file from the chosen folder on. */
function nameIn(file: File): string {
  return file.webkitRelativePath ? file.webkitRelativePath.split("/").slice(1).join("/") : file.name;
}

function Names({ files }: { files: Record<string, unknown> }) {
  const names = Object.keys(files);
  return (
    <ul className={styles.names} tabIndex={0} aria-label="Files">
      {names.slice(0, MOST_SHOWN).map((name) => <li key={name}>{name}</li>)}
      {names.length > MOST_SHOWN && <li>and {names.length - MOST_SHOWN} more</li>}
    </ul>
  );
}

function Input({ port, value, onChange, wrong, id }: InputProps) {
  const tools = useTools();
  const [failure, setFailure] = useState<string | null>(null);
  const [sent, setSent] = useState<number | null>(null);
  const files = filesOf(value);
  const take = async (chosen: File[]) => {
    setFailure(null);
    try {
      const made: Record<string, unknown> = {};
      for (const [index, file] of chosen.entries()) {
        setSent(index / chosen.length);
        made[nameIn(file)] = await tools.upload(file);
      }
      onChange({ files: made });
    } catch (error) {
      setFailure(wordsOf(error));
    } finally {
      setSent(null);
    }
  };
  return (
    <div className={styles.fill} role="group" aria-label={titleOf(port)} id={id}>
      <DropZone isFolder label={`Choose a folder: ${titleOf(port)}`} isBare={files !== null} onFiles={(chosen) => void take(chosen)}>
        {(choose) =>
          files === null ? (
            <DropHint icon={<FolderUp />} title={titleOf(port)} about={port.description || "A folder with files."}>
              {sent === null ? <Button onClick={choose}>Choose a folder</Button> : <><Ring fraction={sent} /> Sending</>}
            </DropHint>
          ) : (
            <div className={styles.stored}>
              <Names files={files} />
              <div className={styles.bar}>
                <Folder className={styles.small} aria-hidden="true" />
                <span className={styles.name}>{counted(Object.keys(files).length, "file")}</span>
                <Button look="quiet" onClick={choose}>Replace</Button>
                <IconButton label="Remove" onClick={() => { onChange(undefined); }}><X /></IconButton>
              </div>
            </div>
          )
        }
      </DropZone>
      {(failure ?? wrong) && <div className={styles.note}><ProblemNote message={failure ?? wrong ?? ""} /></div>}
    </div>
  );
}

function Output({ value }: OutputProps) {
  const files = filesOf(value);
  return files ? <div className={styles.stored}><Names files={files} /></div> : <p className={styles.nothing}>No folder.</p>;
}

export const widget: Widget = {
  shape: () => "large",
  Input,
  Output,
  check: (port, value) => {
    const files = filesOf(value);
    if (!files) return "Choose a folder.";
    const most = numberWord(port, "max_files") ?? 10_000;
    return Object.keys(files).length > most ? `Choose a folder of at most ${String(most)} files.` : null;
  },
};
