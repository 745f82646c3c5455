import { Check, Copy } from "lucide-react";
import { useState } from "react";
import { IconButton } from "./button";
import styles from "./pieces.module.css";

export function CodeBlock({ code, label }: { code: string; label: string }) {
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(code);
    setCopied(true);
    setTimeout(() => {
      setCopied(false);
    }, 1500);
  };
  return (
    <div className={styles.code}>
      <pre tabIndex={0} aria-label={label}>
        {code}
      </pre>
      <IconButton label={isCopied ? "Copied" : "Copy"} onClick={() => void copy()}>
        {isCopied ? <Check /> : <Copy />}
      </IconButton>
    </div>
  );
}
