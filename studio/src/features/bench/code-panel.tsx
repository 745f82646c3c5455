import { useState } from "react";
import type { Command, ModelSpec } from "@/api/types";
import { CodeBlock } from "@/ui/code-block";
import { Segments } from "@/ui/controls";
import { Dialog } from "@/ui/dialog";
import styles from "./bench.module.css";
import { commandLine, curl, python } from "./snippets";

const WAYS = [
  { value: "python", label: "Python", write: python, about: "With the library requests: pip install requests." },
  { value: "curl", label: "curl", write: curl, about: "In a terminal, with curl and jq." },
  { value: "line", label: "Command line", write: commandLine, about: "With Gesso's own command." },
] as const;

interface CodePanelProps {
  spec: ModelSpec;
  command: Command;
  values: Record<string, unknown>;
  onClose: () => void;
}

/** The model's address, and how a program uses it, with what lies on the bench. */
export function CodePanel({ spec, command, values, onClose }: CodePanelProps) {
  const [way, setWay] = useState<(typeof WAYS)[number]["value"]>("python");
  const chosen = WAYS.find(({ value }) => value === way) ?? WAYS[0];
  return (
    <Dialog title="Use it from code" onClose={onClose}>
      <div className={styles.code}>
        <Segments isFit label="Language" choices={WAYS} value={way} onChange={setWay} />
        <p className="soft">{chosen.about} The inputs are those on the bench.</p>
        <CodeBlock label={chosen.label} code={chosen.write({ spec, command, values, origin: window.location.origin })} />
      </div>
    </Dialog>
  );
}
