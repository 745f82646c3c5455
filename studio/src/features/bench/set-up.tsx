import type { Job, ModelSpec, Port } from "@/api/types";
import { MEDIA } from "@/features/jobs/shown";
import { titleOf } from "@/widgets/widget";
import styles from "./bench.module.css";
import type { Bench } from "./bench-store";
import { useBenches } from "./bench-store";
import { OptionRows } from "./input-pane";
import { allOptions, isSetUpAs, optionsToSend } from "./values";

interface SetUpProps {
  spec: ModelSpec;
  bench: Bench;
  job: Job | undefined;
  wrong: Record<string, string>;
}

const isInFile = (port: Port) => MEDIA.has(port.type);

/** What the model is given once, when it is loaded. */
export function SetUp({ spec, bench, job, wrong }: SetUpProps) {
  const change = useBenches((benches) => benches.change);
  const isAnew = job !== undefined && !isSetUpAs(job, optionsToSend(spec, bench.options));
  return (
    <details className={styles.setUp} open={Object.keys(wrong).length > 0 || undefined}>
      <summary>Set-up</summary>
      <div className={styles.setUpRows}>
        <p className="soft" role="status">{isAnew ? "The next run loads the model anew, which may take a while." : "To change one loads the model anew, which may take a while."}</p>
        <OptionRows
          prefix="option"
          ports={spec.options.filter((port) => !isInFile(port))}
          values={allOptions(spec, bench.options)}
          wrong={wrong}
          onChange={(name, value) => { change(spec.name, { options: { ...bench.options, [name]: value } }); }}
        />
        {spec.options.filter(isInFile).map((port) => (
          <p key={port.name} className="soft">{titleOf(port)} comes from a file, which can only be given in code.</p>
        ))}
      </div>
    </details>
  );
}
