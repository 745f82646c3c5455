import { Download } from "lucide-react";
import type { SyntheticEvent } from "react";
import { useId, useState } from "react";
import { Button } from "./button";
import { TextInput } from "./controls";
import { Dialog } from "./dialog";
import { Field } from "./field";
import { Ring } from "./ring";
import styles from "./pieces.module.css";

interface AddressDialogProps {
  /** "a picture" */
  noun: string;
  /** Resolves with what is wrong with the address, or with null when it was taken. */
  onAddress: (url: string) => Promise<string | null>;
  onClose: () => void;
}

/** Ask for the address of something on the web. What is wrong with it stands beside it. */
export function AddressDialog({ noun, onAddress, onClose }: AddressDialogProps) {
  const id = useId();
  const [address, setAddress] = useState("");
  const [wrong, setWrong] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const take = async (event: SyntheticEvent) => {
    event.preventDefault();
    const url = address.trim();
    if (!/^https?:\/\/[^/]/i.test(url)) {
      setWrong(url ? "An address begins with https:// or http://." : "Paste the address here.");
      return;
    }
    setWrong(null);
    setBusy(true);
    const found = await onAddress(url);
    setBusy(false);
    setWrong(found);
    if (found === null) onClose();
  };
  return (
    <Dialog title={`Get ${noun} from the web`} onClose={onClose}>
      <form className={styles.address} noValidate onSubmit={(event) => void take(event)}>
        <Field label={`Address of ${noun}`} htmlFor={id} about="Of the file itself, not of the page that shows it. Gesso fetches it, and keeps it here." wrong={wrong}>
          <TextInput
            id={id}
            type="url"
            data-first=""
            autoComplete="off"
            spellCheck={false}
            placeholder="https://"
            aria-describedby={`${id}-about`}
            aria-invalid={wrong !== null}
            readOnly={isBusy}
            value={address}
            onChange={(event) => {
              setAddress(event.target.value);
              setWrong(null);
            }}
          />
        </Field>
        <Button look="main" size="large" type="submit" disabled={isBusy} icon={isBusy ? <Ring size={16} /> : <Download />}>{isBusy ? "Fetching" : `Get ${noun}`}</Button>
      </form>
    </Dialog>
  );
}
