import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "@/api/client";
import { CodeBlock } from "@/ui/code-block";
import { Segments } from "@/ui/controls";
import { Dialog } from "@/ui/dialog";
import styles from "../bench.module.css";
import type { Given } from "./given";
import { filesIn, orderOf } from "./given";
import { javascript } from "./javascript";
import { python } from "./python";
import { commandLine, curl } from "./shell";

const WAYS = [
  { value: "python", label: "Python", write: python, about: "Python 3, with nothing to install." },
  { value: "javascript", label: "JavaScript", write: javascript, about: "Node 20, as a file whose name ends in .mjs, or a page whose address is listed in the settings." },
  { value: "curl", label: "curl", write: curl, about: "In a terminal, with curl and jq." },
  { value: "line", label: "Command line", write: commandLine, about: "With Gesso's own command." },
] as const;

interface CodePanelProps extends Omit<Given, "origin" | "needsKey"> {
  onClose: () => void;
}

/** The model's address, and how a program uses it, with what lies on the bench. */
export function CodePanel({ onClose, ...bench }: CodePanelProps) {
  const [way, setWay] = useState<(typeof WAYS)[number]["value"]>("python");
  const health = useQuery({ queryKey: ["health"], queryFn: ({ signal }) => api.health(signal) });
  const chosen = WAYS.find(({ value }) => value === way) ?? WAYS[0];
  const given: Given = { ...bench, origin: window.location.origin, needsKey: health.data?.needs_key ?? false };
  const files = [...new Set(filesIn(orderOf(given)).map(({ name }) => name))];
  return (
    <Dialog title="Use it from code" onClose={onClose}>
      <div className={styles.code}>
        <Segments isFit label="Language" choices={WAYS} value={way} onChange={setWay} />
        <p className="soft">
          {chosen.about} The inputs are those on the bench.
          {files.length > 0 && ` It reads ${files.join(", ")} from the folder where it runs.`}
          {given.needsKey && way !== "line" && " Put the key into the variable GESSO_KEY: it stands in the link that Gesso printed, after “key=”."}
        </p>
        {!health.isPending && <CodeBlock label={chosen.label} code={chosen.write(given)} />}
      </div>
    </Dialog>
  );
}
