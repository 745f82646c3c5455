import { useMutation, useQuery } from "@tanstack/react-query";
import { Code2, Info, PanelRightClose, PanelRightOpen, WandSparkles } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { Link } from "wouter";
import { RefusedError, api, problemOf } from "@/api/client";
import type { Command, ModelPage, ModelSpec } from "@/api/types";
import { RoomProblem } from "@/features/connection/room-problem";
import { Filmstrip } from "@/features/jobs/filmstrip";
import { useJob } from "@/features/jobs/job-cache";
import { sayProblem } from "@/features/jobs/say-problem";
import { usePreferences } from "@/features/settings/preferences";
import { toolsOf, useUploads } from "@/features/uploads/uploads";
import { Button, IconButton } from "@/ui/button";
import { Empty, ProblemNote } from "@/ui/empty";
import { Ring } from "@/ui/ring";
import { Splitter } from "@/ui/splitter";
import { ShelfContext, ToolsContext } from "@/widgets/widget";
import { AboutModel } from "./about-model";
import styles from "./bench.module.css";
import { EMPTY, replace, useBenches } from "./bench-store";
import { CodePanel } from "./code/code-panel";
import { InputPane, isLarge } from "./input-pane";
import { Options } from "./options";
import { OutputPane } from "./output-pane";
import { ResultBar } from "./result-bar";
import { RunButton } from "./run-button";
import { useRun } from "./use-run";
import { commandOf } from "@/features/jobs/shown";
import { allOptions, startValues, wrongs } from "./values";

/** A model's page: inputs left, outputs right, options beside them. */
export default function BenchRoom({ name }: { name: string }) {
  const model = useQuery({ queryKey: ["model", name], queryFn: () => api.model(name) });
  useEffect(() => {
    document.title = `${model.data?.title ?? name} · Gesso`;
  }, [model.data?.title, name]);
  if (model.data?.spec) return <BenchOf key={name} page={model.data} spec={model.data.spec} />;
  if (model.isPending) return <Empty icon={<Ring size={32} />} title="Loading the model" />;
  if (!model.data && problemOf(model.error).code === "away") return <RoomProblem error={model.error} />;
  const problem = model.data?.problem;
  return (
    <div className={styles.broken}>
      <h1>{model.data?.title ?? name}</h1>
      {problem?.code === "not_prepared" ? <Unprepared name={name} onDone={() => void model.refetch()} /> : problem ? <ProblemNote message={problem.message} hint={problem.hint} detail={problem.detail} /> : <RoomProblem error={model.error} />}
      {model.error instanceof RefusedError && <p><Link href="/models"><Button>All models</Button></Link></p>}
    </div>
  );
}

/** A model that cannot be shown before what it needs is installed. */
function Unprepared({ name, onDone }: { name: string; onDone: () => void }) {
  const preparing = useMutation({ mutationFn: () => api.prepare(name), onSuccess: onDone });
  return (
    <>
      <p>What this model needs is not installed yet. It may take some minutes.</p>
      <Button look="main" disabled={preparing.isPending} icon={preparing.isPending ? <Ring size={16} /> : undefined} onClick={() => { preparing.mutate(); }}>Install it</Button>
      {preparing.error && <ProblemNote {...problemOf(preparing.error)} />}
    </>
  );
}

function BenchOf({ page, spec }: { page: ModelPage; spec: ModelSpec }) {
  const bench = useBenches((benches) => benches.byModel[spec.name]) ?? EMPTY;
  const command = commandOf(spec.commands, bench.command);
  return command ? <ShelfContext value={`${spec.name}:${command.name}`}><BenchWith key={command.name} page={page} spec={spec} command={command} /></ShelfContext> : <Empty title={spec.title}>This model has no command.</Empty>;
}

/** Put the defaults on an empty bench, and the model's own example, so that one press gives a result. */
function useSample(model: string, command: Command, isTouched: boolean): { load: () => void; isLoading: boolean; isThere: boolean; isToBeHad: boolean } {
  const change = useBenches((benches) => benches.change);
  const examples = useQuery({ queryKey: ["examples", model], queryFn: () => api.examples(model), staleTime: Infinity });
  const example = examples.data?.examples.find(({ inputs }) => Object.keys(inputs).every((one) => command.inputs.some((port) => port.name === one)));
  const values = useMemo(() => ({ ...startValues(command.inputs), ...example?.inputs }), [command, example]);
  // It may lie among what the model needs, which is installed when somebody asks for it and not before.
  const preparing = useMutation({ mutationFn: () => api.prepare(model), onSuccess: () => examples.refetch(), onError: sayProblem });
  useEffect(() => {
    if (!isTouched) change(model, { values });
  }, [model, values, isTouched, change]);
  const isThere = example !== undefined;
  const load = () => { if (isThere) replace(model, { values, isTouched: false }); else preparing.mutate(); };
  return { load, isLoading: examples.isPending || preparing.isPending, isThere, isToBeHad: !isThere && examples.data?.is_prepared === false };
}

function BenchWith({ page, spec, command }: { page: ModelPage; spec: ModelSpec; command: Command }) {
  const bench = useBenches((benches) => benches.byModel[spec.name]) ?? EMPTY;
  const { change, setValue } = useBenches.getState();
  const { share, areOptionsOpen, set } = usePreferences();
  const [panel, setPanel] = useState<"code" | "about" | null>(null);
  const [hasTried, setTried] = useState(false);
  const sample = useSample(spec.name, command, bench.isTouched);
  const { data: job, live } = useJob(bench.jobId);
  const runner = useRun(spec, command, { bench, job });
  const tools = useMemo(() => toolsOf(spec.name), [spec.name]);
  const coming = useUploads((uploads) => uploads.all).filter((one) => one.model === spec.name);

  const options = allOptions(spec, bench.options);
  const found = { inputs: wrongs(command.inputs, bench.values), options: wrongs(spec.options, options) };
  const refused = runner.problem?.where?.split(/[.[]/)[0];
  // What is merely not there yet is no fault until somebody presses "Run".
  const toShow = (all: Record<string, string>, values: Record<string, unknown>) => ({
    ...Object.fromEntries(Object.entries(all).filter(([name]) => hasTried || (values[name] !== undefined && values[name] !== ""))),
    ...(refused && runner.problem ? { [refused]: runner.problem.message } : {}),
  });
  const wrong = { inputs: toShow(found.inputs, bench.values), options: toShow(found.options, options) };
  const missing = coming.length ? undefined : command.inputs.find(({ name }) => name in found.inputs) ?? spec.options.find(({ name }) => name in found.options);
  const large = command.inputs.filter(isLarge);
  const small = command.inputs.filter((port) => !isLarge(port));
  const output = useRef<HTMLElement>(null);
  const run = () => {
    setTried(true);
    if (missing) return;
    runner.run();
    // On a narrow screen the output lies below; elsewhere it is seen already, and nothing moves.
    output.current?.scrollIntoView({ block: "nearest", behavior: "smooth" });
  };

  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || document.querySelector("dialog[open]")) return;
      event.preventDefault();
      if (runner.isRunning) runner.cancel();
      else run();
    };
    window.addEventListener("keydown", onKeyDown);
    return () => {
      window.removeEventListener("keydown", onKeyDown);
    };
  });

  const runButton = (
    <RunButton
      isRunning={runner.isRunning}
      job={bench.jobId && !runner.isSending ? job : undefined}
      missing={missing ? `Missing: ${missing.title || missing.name}` : null}
      awaited={bench.isAwaited ? coming : null}
      onRun={run}
      onCancel={runner.cancel}
    />
  );
  return (
    <ToolsContext value={tools}>
    <div className={styles.bench}>
      <header className={styles.head}>
        <h1 title={spec.title}>{spec.title || spec.name}</h1>
        <p title={spec.description}>{spec.description}</p>
        <div className={styles.actions}>
          {((sample.isThere && bench.isTouched) || sample.isToBeHad) && <Button look="quiet" icon={sample.isLoading ? <Ring size={16} /> : <WandSparkles />} disabled={sample.isLoading} onClick={sample.load}>Sample</Button>}
          <Button look="quiet" icon={<Info />} onClick={() => { setPanel("about"); }}>About</Button>
          <Button look="quiet" icon={<Code2 />} onClick={() => { setPanel("code"); }}>Use from code</Button>
          <IconButton label={areOptionsOpen ? "Fold the options" : "Show the options"} aria-expanded={areOptionsOpen} onClick={() => { set({ areOptionsOpen: !areOptionsOpen }); }}>
            {areOptionsOpen ? <PanelRightClose /> : <PanelRightOpen />}
          </IconButton>
        </div>
        {!areOptionsOpen && <div className={styles.headRun}>{runButton}</div>}
      </header>
      <div className={styles.panes}>
        <div className={styles.work}>
          <div className={styles.sides}>
          {large.length > 0 && (
            <>
              <section className={styles.pane} data-side="in" aria-label="Input" style={{ flex: `${String(share)} 1 0` }}>
                <InputPane ports={large} all={command.inputs} values={bench.values} wrong={wrong.inputs} onChange={(name, value) => { setValue(spec.name, name, value); }} />
              </section>
              <Splitter label="Between input and output" share={share} onChange={(part) => { set({ share: part }); }} />
            </>
          )}
          <section ref={output} className={styles.pane} data-side="out" aria-label="Output" style={{ flex: `${String(large.length ? 1 - share : 1)} 1 0` }}>
            <OutputPane command={command} job={job} live={live} onRetry={run} />
          </section>
          </div>
          <footer className={styles.made}>
            {job && <ResultBar job={job} bench={bench} command={command} />}
            <Filmstrip label="Made with this model" model={spec.name} chosen={bench.jobId} onChoose={({ id }) => { change(spec.name, { jobId: id }); }} />
          </footer>
        </div>
        {areOptionsOpen && (
          <Options
            spec={spec}
            command={command}
            bench={bench}
            small={small}
            job={job}
            wrong={wrong}
            problem={refused ? null : runner.problem}
            isQuick={runner.isQuick}
            runButton={runButton}
          />
        )}
      </div>
      {panel === "code" && <CodePanel spec={spec} command={command} values={bench.values} options={bench.options} onClose={() => { setPanel(null); }} />}
      {panel === "about" && <AboutModel page={page} spec={spec} onClose={() => { setPanel(null); }} />}
    </div>
    </ToolsContext>
  );
}
