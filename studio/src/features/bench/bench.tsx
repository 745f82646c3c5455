import { useQuery } from "@tanstack/react-query";
import { Code2, Globe, Info, PanelRightClose, PanelRightOpen, WandSparkles } from "lucide-react";
import { useEffect, useEffectEvent, useMemo, useRef, useState } from "react";
import { Link, useLocation } from "wouter";
import { RefusedError, api, problemOf } from "@/api/client";
import type { Command, ModelPage, ModelSpec } from "@/api/types";
import { RoomProblem } from "@/features/connection/room-problem";
import { Filmstrip } from "@/features/jobs/filmstrip";
import { useJob } from "@/features/jobs/job-cache";
import { usePreferences } from "@/features/settings/preferences";
import { toolsOf, useUploads } from "@/features/uploads/uploads";
import { Button, IconButton } from "@/ui/button";
import { Empty, ProblemNote } from "@/ui/empty";
import { Ring } from "@/ui/ring";
import { Splitter } from "@/ui/splitter";
import { ShelfContext, ToolsContext } from "@/widgets/widget";
import { AboutModel } from "./about-model";
import styles from "./bench.module.css";
import { EMPTY, useBenches } from "./bench-store";
import { CodePanel } from "./code/code-panel";
import { InputPane, isLarge } from "./input-pane";
import { Options } from "./options";
import { OutputPane } from "./output-pane";
import { ResultBar } from "./result-bar";
import { RunButton } from "./run-button";
import { chosenCommand, isSpeaking, onPage, together } from "./speaking";
import { Speech } from "./speech";
import { Unprepared } from "./unprepared";
import { useRun } from "./use-run";
import { useSample } from "./use-sample";
import { allOptions, wrongs } from "./values";

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

function BenchOf({ page, spec }: { page: ModelPage; spec: ModelSpec }) {
  const bench = useBenches((benches) => benches.byModel[spec.name]) ?? EMPTY;
  const chosen = chosenCommand(spec.commands, bench.command);
  const command = useMemo(() => (chosen && isSpeaking(chosen) ? onPage(chosen) : chosen), [chosen]);
  return command ? <ShelfContext value={`${spec.name}:${command.name}`}><BenchWith key={command.name} page={page} spec={spec} command={command} /></ShelfContext> : <Empty title={spec.title}>This model has no command.</Empty>;
}

function BenchWith({ page, spec, command }: { page: ModelPage; spec: ModelSpec; command: Command }) {
  const bench = useBenches((benches) => benches.byModel[spec.name]) ?? EMPTY;
  const { change, setValue } = useBenches.getState();
  const { share, areOptionsOpen, set } = usePreferences();
  const [, go] = useLocation();
  const [panel, setPanel] = useState<"code" | "about" | null>(null);
  const [hasTried, setTried] = useState(false);
  const sample = useSample(spec.name, command, bench.isTouched);
  const { data: job, live } = useJob(bench.jobId);
  const runner = useRun(spec, command, { bench, job });
  const tools = useMemo(() => toolsOf(spec.name), [spec.name]);
  const coming = useUploads((uploads) => uploads.all).filter((one) => one.model === spec.name);

  const options = allOptions(spec, bench.options);
  const found = { inputs: wrongs(command.inputs, bench.values), options: wrongs(spec.options, options) };
  const large = command.inputs.filter(isLarge);
  const small = command.inputs.filter((port) => !isLarge(port));
  // What the server refused is said beside the input that it names, if that is to be seen.
  const seen = areOptionsOpen ? [...command.inputs, ...spec.options] : large;
  const refused = seen.find(({ name }) => name === runner.problem?.where?.split(/[.[]/)[0])?.name;
  const problem = refused === undefined ? runner.problem : null;
  // What is merely not there yet is no fault until somebody presses "Run".
  const toShow = (all: Record<string, string>, values: Record<string, unknown>) => ({
    ...Object.fromEntries(Object.entries(all).filter(([name]) => hasTried || (values[name] !== undefined && values[name] !== ""))),
    ...(refused && runner.problem ? { [refused]: runner.problem.message } : {}),
  });
  const wrong = { inputs: toShow(found.inputs, bench.values), options: toShow(found.options, options) };
  const missing = coming.length ? undefined : command.inputs.find(({ name }) => name in found.inputs) ?? spec.options.find(({ name }) => name in found.options);
  const words = sample.isInstalling ? "Installing what the model needs. It may take some minutes." : missing ? `Missing: ${missing.title || missing.name}` : null;
  const output = useRef<HTMLElement>(null);
  const run = () => {
    setTried(true);
    if (missing) return;
    runner.run();
    // On a narrow screen the output lies below; elsewhere it is seen already, and nothing moves.
    output.current?.scrollIntoView({ block: "nearest", behavior: "smooth" });
  };

  // Always with what is to be seen, also when a key comes right after it was drawn.
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    if (runner.isRunning) runner.cancel();
    else run();
  });
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => { onKey(event); };
    window.addEventListener("keydown", onKeyDown);
    return () => {
      window.removeEventListener("keydown", onKeyDown);
    };
  }, []);

  const runButton = (
    <RunButton
      isRunning={runner.isRunning}
      job={bench.jobId && !runner.isSending ? job : undefined}
      missing={words}
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
          {((sample.isThere && bench.isTouched) || sample.isToBeHad) && <Button look="quiet" icon={sample.isLoading ? <Ring size={16} /> : <WandSparkles />} disabled={sample.isLoading} title={sample.isThere ? undefined : "It comes with what the model needs, which is installed first"} onClick={sample.load}>Sample</Button>}
          <Button look="quiet" icon={<Info />} onClick={() => { setPanel("about"); }}>About</Button>
          <Button look="quiet" icon={<Code2 />} onClick={() => { setPanel("code"); }}>Use from code</Button>
          <Button look="quiet" icon={<Globe />} title="Give it an address, for sketches, bots and websites" onClick={() => { go(`/hosting?host=${encodeURIComponent(spec.name)}`); }}>Host</Button>
          <IconButton label={areOptionsOpen ? "Fold the options" : "Show the options"} aria-expanded={areOptionsOpen} onClick={() => { set({ areOptionsOpen: !areOptionsOpen }); }}>
            {areOptionsOpen ? <PanelRightClose /> : <PanelRightOpen />}
          </IconButton>
        </div>
        {!areOptionsOpen && <div className={styles.headRun}>{runButton}</div>}
      </header>
      {!areOptionsOpen && problem && <div className={styles.headProblem}><ProblemNote message={problem.message} hint={problem.hint} detail={problem.detail} /></div>}
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
            {isSpeaking(command) ? (
              <Speech
                model={spec.name}
                command={command}
                ids={together(bench)}
                chosen={bench.jobId}
                job={job}
                live={live}
                onChoose={(jobId) => { change(spec.name, { jobId }); }}
                onContinue={(text) => { setValue(spec.name, "prompt", text); }}
                onRetry={run}
              />
            ) : <OutputPane command={command} job={job} live={live} onRetry={run} />}
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
            problem={problem}
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
