import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "@/api/client";
import { CodeBlock } from "@/ui/code-block";
import { Select } from "@/ui/controls";
import { Part } from "@/ui/page";
import styles from "./hosting.module.css";

/** Code to copy that uses a deployment, for each kind of client. */
export function CodePart({ name }: { name: string }) {
  const [kind, setKind] = useState("");
  const snippets = useQuery({ queryKey: ["snippets", name], queryFn: () => api.snippets(name) });
  const all = snippets.data ?? [];
  const chosen = all.find((one) => one.kind === kind) ?? all[0];
  if (!chosen) return null;
  const choice = (
    <Select aria-label="Language" className={styles.language ?? ""} value={chosen.kind} onChange={(event) => { setKind(event.target.value); }}>
      {all.map((one) => <option key={one.kind} value={one.kind}>{one.title}</option>)}
    </Select>
  );
  return (
    <Part title="Use it from code" aside={choice}>
      {chosen.note && <p className="soft">{chosen.note}</p>}
      <CodeBlock label={chosen.title} code={chosen.code} />
    </Part>
  );
}
