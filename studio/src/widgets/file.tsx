import { Download, FileUp, X } from "lucide-react";
import type { ReactNode } from "react";
import { size } from "@/ui/amounts";
import { Button, IconButton } from "@/ui/button";
import { DropHint, DropZone } from "@/ui/drop-zone";
import { ProblemNote } from "@/ui/empty";
import { Ring } from "@/ui/ring";
import { useUpload } from "./use-upload";
import type { InputProps, OutputProps, Widget } from "./widget";
import { checkStored, isFileValue, titleOf, useTools } from "./widget";
import styles from "./widgets.module.css";

interface StoredInputProps extends InputProps {
  accept?: string;
  noun: string;
  icon: ReactNode;
  /** Another way to come by a file. */
  extra?: (take: (file: File) => void) => ReactNode;
  /** Made from the chosen file before it is sent, if it has to be another kind. */
  convert?: (file: File) => Promise<File>;
  show: (src: string) => ReactNode;
}

/** What the inputs for files, videos and sounds share: choose or drop one, see it, take it away. */
export function StoredInput({ port, value, onChange, wrong, id, accept, noun, icon, extra, convert, show }: StoredInputProps) {
  const tools = useTools();
  const upload = useUpload(onChange);
  const src = upload.url ?? tools.urlOf(value);
  const name = isFileValue(value) ? value.name ?? noun : noun;
  const take = (file: File | undefined) => {
    if (file) upload.send(file, convert);
  };
  return (
    <div className={styles.fill} role="group" aria-label={titleOf(port)} id={id}>
      <DropZone accept={accept} label={`Choose ${noun}: ${titleOf(port)}`} isBare={src !== undefined} onFiles={([file]) => { take(file); }}>
        {(choose) =>
          src === undefined ? (
            <DropHint icon={icon} title={titleOf(port)} about={`${port.description} Drop ${noun} here.`.trim()}>
              <Button onClick={choose}>Choose {noun}</Button>
              {extra?.(take)}
            </DropHint>
          ) : (
            <div className={styles.stored}>
              {show(src)}
              <div className={styles.bar}>
                {upload.fraction !== null && <Ring fraction={upload.fraction} size={16} />}
                <span className={styles.name}>{name}</span>
                {isFileValue(value) && value.size_bytes !== undefined && <span className="soft">{size(value.size_bytes)}</span>}
                <Button look="quiet" onClick={choose}>Replace</Button>
                <IconButton label="Remove" onClick={() => { onChange(undefined); }}><X /></IconButton>
              </div>
            </div>
          )
        }
      </DropZone>
      {(upload.wrong ?? wrong) && <div className={styles.note}><ProblemNote message={upload.wrong ?? wrong ?? ""} /></div>}
    </div>
  );
}

function Input(props: InputProps) {
  return <StoredInput {...props} noun="a file" icon={<FileUp />} show={() => <FileUp className={styles.sign} aria-hidden="true" />} />;
}

function Output({ port, value }: OutputProps) {
  const src = useTools().urlOf(value);
  if (src === undefined) return <p className={styles.nothing}>No file.</p>;
  const name = isFileValue(value) ? value.name ?? titleOf(port) : titleOf(port);
  return (
    <div className={styles.stored}>
      <FileUp className={styles.sign} aria-hidden="true" />
      <a className={styles.link} href={src} download={name}>
        <Download aria-hidden="true" /> {name}
      </a>
      {isFileValue(value) && value.size_bytes !== undefined && <span className="soft">{size(value.size_bytes)}</span>}
    </div>
  );
}

export const widget: Widget = { shape: () => "large", Input, Output, check: checkStored("a file") };
