import { Check, Copy } from "lucide-react";
import { useRef, useState } from "react";
import { IconButton } from "./button";
import styles from "./pieces.module.css";

/** Code with a button that copies it. Where the browser does not let a page copy (no HTTPS), it is selected instead. */
export function CodeBlock({ code, label, onCopied }: { code: string; label: string; onCopied?: () => void }) {
  const [said, setSaid] = useState("");
  const text = useRef<HTMLPreElement>(null);
  const tell = (words: string) => {
    setSaid(words);
    setTimeout(() => {
      setSaid("");
    }, 1500);
  };
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(code);
      onCopied?.();
      tell("Copied");
    } catch {
      if (text.current) window.getSelection()?.selectAllChildren(text.current);
      tell("Selected: press Ctrl-C, or Cmd-C");
    }
  };
  return (
    <div className={styles.code}>
      <pre ref={text} tabIndex={0} aria-label={label}>
        {code}
      </pre>
      <IconButton label={said || "Copy"} onClick={() => void copy()}>
        {said === "Copied" ? <Check /> : <Copy />}
      </IconButton>
    </div>
  );
}
