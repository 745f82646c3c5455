import type { ModelPage, ModelSpec, Port } from "@/api/types";
import { size } from "@/ui/amounts";
import { Dialog } from "@/ui/dialog";
import { titleOf } from "@/widgets/widget";
import styles from "./bench.module.css";
import { commandWords } from "./speaking";

function Ports({ title, ports }: { title: string; ports: Port[] }) {
  return (
    <>
      <h3>{title}</h3>
      <ul>
        {ports.map((port) => (
          <li key={port.name}>
            <strong>{titleOf(port)}</strong> <span className="soft">{port.type.replaceAll("_", " ")}{port.is_required ? "" : ", optional"}</span>
            {port.description && <p className="soft">{port.description}</p>}
          </li>
        ))}
      </ul>
    </>
  );
}

/** What people want to know of a model before they use it. */
export function AboutModel({ page, spec, onClose }: { page: ModelPage; spec: ModelSpec; onClose: () => void }) {
  const weights = spec.weights.reduce((sum, one) => sum + one.size_bytes, 0);
  const facts: [string, string][] = [
    ["Licence", spec.card.licence || "Not said"],
    ["Authors", spec.card.authors.join(", ")],
    ["Category", spec.card.category],
    ["Comes from", page.origin === "box" ? "In the box" : page.origin ?? ""],
    ["Memory", spec.card.memory_mb ? size(spec.card.memory_mb * 1e6) : ""],
    ["Weights", weights ? size(weights) : ""],
    ["Source", spec.card.source],
  ];
  return (
    <Dialog title={spec.title || spec.name} onClose={onClose}>
      <div className={styles.about}>
        <p>{spec.description}</p>
        <dl>
          {facts.filter(([, value]) => value).map(([name, value]) => (
            <div key={name} style={{ display: "contents" }}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
        {spec.commands.map((command) => (
          <div key={command.name} className={styles.about}>
            {spec.commands.length > 1 && <h2>{commandWords(command, spec.commands)}</h2>}
            <p style={{ whiteSpace: "pre-wrap" }}>{command.description}</p>
            <Ports title="Inputs" ports={command.inputs} />
            <Ports title="Outputs" ports={command.outputs} />
          </div>
        ))}
      </div>
    </Dialog>
  );
}
