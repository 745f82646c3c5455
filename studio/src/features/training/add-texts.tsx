import { ClipboardPaste, FileText, FolderUp } from "lucide-react";
import { useRef, useState } from "react";
import type { Dataset } from "@/api/types";
import { counted } from "@/ui/amounts";
import { Button } from "@/ui/button";
import { Select, TextArea, TextInput } from "@/ui/controls";
import { Dialog } from "@/ui/dialog";
import { DropHint, DropZone } from "@/ui/drop-zone";
import { ProblemNote } from "@/ui/empty";
import { Field } from "@/ui/field";
import { Ring } from "@/ui/ring";
import { makeDataset, takeColumn, useMaking } from "./making";
import { ACCEPT, asFile } from "./texts";
import styles from "./training.module.css";

/** The place for texts: dropped, chosen, or pasted. */
export function AddTexts({ onMade }: { onMade: (made: Dataset) => void }) {
  const { fraction, files, problem, columns, kept } = useMaking();
  const [isPasting, setPasting] = useState(false);
  const folder = useRef<HTMLInputElement>(null);
  const take = async (chosen: File[]) => {
    const made = await makeDataset(chosen);
    if (made) onMade(made);
  };
  const isSending = fraction !== null;
  return (
    <div className={styles.add}>
      <div className={styles.dropHere}>
        <DropZone isMultiple accept={ACCEPT} label="Choose texts" onFiles={(chosen) => void take(chosen)}>
          {(choose) => (
            <DropHint icon={<FileText />} title="Drop texts or a folder here" about="Plain text, Markdown, CSV or JSONL. 5 kB is a beginning, 100 kB has a voice, 1 MB is better.">
              {isSending ? (
                <span className={styles.sending} role="status"><Ring fraction={fraction < 1 ? fraction : null} /> {fraction < 1 ? `Sending ${counted(files, "file")}` : "Reading what is in it"}</span>
              ) : (
                <>
                  <Button look="main" onClick={choose}>Choose files</Button>
                  <Button icon={<FolderUp />} onClick={() => folder.current?.click()}>A folder</Button>
                  <Button icon={<ClipboardPaste />} onClick={() => { setPasting(true); }}>Paste a text</Button>
                </>
              )}
            </DropHint>
          )}
        </DropZone>
        <input
          ref={folder}
          type="file"
          hidden
          multiple
          aria-label="Choose a folder of texts"
          {...{ webkitdirectory: "" }}
          onChange={(event) => {
            const chosen = [...(event.target.files ?? [])];
            event.target.value = "";
            if (chosen.length) void take(chosen);
          }}
        />
      </div>
      {problem && <ProblemNote message={problem.message} hint={problem.hint} detail={problem.detail} />}
      {problem && columns.length > 1 && kept.length > 0 && (
        <ColumnField columns={columns} value="" onChange={(column) => { void takeColumn(column).then((made) => { if (made) onMade(made); }); }} />
      )}
      {isPasting && <PasteDialog onClose={() => { setPasting(false); }} onText={(file) => { setPasting(false); void take([file]); }} />}
    </div>
  );
}

export function ColumnField({ columns, value, onChange }: { columns: readonly string[]; value: string; onChange: (column: string) => void }) {
  return (
    <Field label="Column with the texts" htmlFor="column" about="Each row of the table is a document.">
      <Select id="column" aria-describedby="column-about" value={value} onChange={(event) => { onChange(event.target.value); }}>
        {!columns.includes(value) && <option value={value}>Choose …</option>}
        {columns.map((one) => <option key={one} value={one}>{one}</option>)}
      </Select>
    </Field>
  );
}

function PasteDialog({ onClose, onText }: { onClose: () => void; onText: (file: File) => void }) {
  const [name, setName] = useState("");
  const [text, setText] = useState("");
  return (
    <Dialog title="Paste a text" onClose={onClose}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          onText(asFile(text, name));
        }}
      >
        <Field label="Text" htmlFor="pasted" aside={<span className="soft">{text.length.toLocaleString()} characters</span>}>
          <TextArea id="pasted" data-first rows={12} className={styles.pasted ?? ""} value={text} onChange={(event) => { setText(event.target.value); }} />
        </Field>
        <Field label="Name" htmlFor="pasted-name" about="By which you know it again.">
          <TextInput id="pasted-name" aria-describedby="pasted-name-about" autoComplete="off" maxLength={80} placeholder="My text" value={name} onChange={(event) => { setName(event.target.value); }} />
        </Field>
        <div className={styles.formEnd}>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="main" disabled={!text.trim()}>Use it</Button>
        </div>
      </form>
    </Dialog>
  );
}
