import { useQueries, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useLocation } from "wouter";
import { api, previewUrl } from "@/api/client";
import type { Job, Output } from "@/api/types";
import { useContent } from "@/features/jobs/content";
import { Segments } from "@/ui/controls";
import { Dialog } from "@/ui/dialog";
import { Empty } from "@/ui/empty";
import { Ring } from "@/ui/ring";
import { titleOf } from "@/widgets/widget";
import { benchPath } from "./actions";
import { benchOf, replace } from "./bench-store";
import type { Fit } from "./fits";
import { fitting } from "./fits";
import styles from "./send-on.module.css";
import { commandWords } from "./speaking";
import { startValues } from "./values";

const nice = (name: string) => name.slice(0, 1).toUpperCase() + name.slice(1).replaceAll("_", " ");

/** Lay a value on another model's bench; what lies there besides it stays. */
function lay(model: string, { command, port, value }: Fit): void {
  const before = benchOf(model);
  const isSame = before.isTouched && (before.command ?? command.name) === command.name;
  replace(model, { command: command.name, jobId: null, values: { ...startValues(command.inputs), ...(isSame ? before.values : {}), [port.name]: value } });
}

/** Choose another model that goes on with a result. */
export function SendOn({ job, onClose }: { job: Job; onClose: () => void }) {
  const [name, setName] = useState(job.outputs.find(({ type }) => type === "image")?.name ?? job.outputs[0]?.name);
  const output = job.outputs.find((one) => one.name === name);
  return (
    <Dialog title="Send on" onClose={onClose}>
      <div className={styles.send}>
        {job.outputs.length > 1 && <Segments isFit label="What" choices={job.outputs.map((one) => ({ value: one.name, label: nice(one.name) }))} value={output?.name ?? ""} onChange={setName} />}
        {output && <Targets key={output.name} output={output} onDone={onClose} />}
      </div>
    </Dialog>
  );
}

function Targets({ output, onDone }: { output: Output; onDone: () => void }) {
  const [, go] = useLocation();
  const content = useContent(output);
  const models = useQuery({ queryKey: ["models"], queryFn: api.models });
  const usable = (models.data ?? []).filter(({ problem }) => !problem);
  const pages = useQueries({ queries: usable.map((model) => ({ queryKey: ["model", model.name], queryFn: () => api.model(model.name) })) });
  const isLooking = models.isPending || content.isPending || pages.some((page) => page.isPending);
  const found = content.isPending
    ? []
    : usable.flatMap((model, index) => {
        const spec = pages[index]?.data?.spec;
        return (spec ? fitting(spec, output.type, content.value) : []).map((fit) => ({ model, fit, words: spec && spec.commands.length > 1 ? `, ${commandWords(fit.command, spec.commands)}` : "" }));
      });
  const send = (model: string, fit: Fit) => {
    lay(model, fit);
    onDone();
    go(benchPath(model));
  };
  return (
    <>
      <ul className={styles.targets} aria-label="Models that take it">
        {found.map(({ model, fit, words }) => (
          <li key={`${model.name} ${fit.command.name} ${fit.port.name}`}>
            <button type="button" onClick={() => { send(model.name, fit); }}>
              <span className={styles.picture}>{model.has_preview && <img src={previewUrl(model.name)} alt="" loading="lazy" />}</span>
              <span className={styles.words}>
                <strong>{model.title || model.name}</strong>
                <span className="soft">as {titleOf(fit.port)}{words}</span>
              </span>
            </button>
          </li>
        ))}
      </ul>
      {isLooking && <p className={styles.looking}><Ring size={16} /> Looking for models that take it</p>}
      {!isLooking && found.length === 0 && <Empty title="No model takes it">None on your list has an input of this type: {output.type.replaceAll("_", " ")}.</Empty>}
    </>
  );
}
