import { QueryClientProvider, useQuery } from "@tanstack/react-query";
import { Play, X } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { problemOf } from "@/api/client";
import type { HostedPage } from "@/api/hosted";
import { hosted, runHosted } from "@/api/hosted";
import type { Problem } from "@/api/types";
import { InputPane, OptionRows, isLarge } from "@/features/bench/input-pane";
import { startValues, toSend, wrongs } from "@/features/bench/values";
import { queries } from "@/features/connection/queries";
import { Waking } from "@/features/hosting/state";
import { sceneOf } from "@/features/jobs/shown";
import { Button } from "@/ui/button";
import { TextInput } from "@/ui/controls";
import { Empty, ProblemNote } from "@/ui/empty";
import { Field } from "@/ui/field";
import { Ring } from "@/ui/ring";
import { widgetOf } from "@/widgets/catalogue";
import { settled } from "@/widgets/pending";
import { ToolsContext, titleOf } from "@/widgets/widget";
import styles from "./guest.module.css";
import { GUEST_TOOLS } from "./tools";

/** The page of a deployment, for whoever knows its address: a form, a button, what comes out. */
export default function GuestRoom({ name }: { name: string }) {
  return (
    <QueryClientProvider client={queries}>
      <ToolsContext value={GUEST_TOOLS}><Guest name={name} /></ToolsContext>
    </QueryClientProvider>
  );
}

const NO_TOKEN = "Whoever sent you here has one for you. Was all of it copied?"; // how a program sends one is of no use here

function Guest({ name }: { name: string }) {
  const page = useQuery({ queryKey: ["guest", name], queryFn: () => hosted.page(name) });
  useEffect(() => {
    document.title = page.data?.title ?? name;
  }, [page.data?.title, name]);
  if (page.isPending) return <Empty icon={<Ring size={32} />} title="Loading" />;
  if (!page.data) {
    const problem = problemOf(page.error);
    return <Empty title={problem.message}>{problem.hint}</Empty>;
  }
  return <Form page={page.data} />;
}

interface Made {
  inputs: Record<string, unknown>;
  outputs: Record<string, unknown>;
  isDone: boolean;
  progress: { fraction: number; text: string } | null;
}

function Form({ page }: { page: HostedPage }) {
  const [values, setValues] = useState<Record<string, unknown>>(() => startValues(page.inputs));
  const [token, setToken] = useState("");
  const [made, setMade] = useState<Made | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [hasTried, setTried] = useState(false);
  const running = useRef<AbortController | null>(null);
  const isRunning = made !== null && !made.isDone && problem === null;
  const status = useQuery({ queryKey: ["guest", page.name, "status", token], queryFn: () => hosted.status(page.name, token), enabled: isRunning, refetchInterval: 1000 });
  const found = wrongs(page.inputs, values);
  const shown = hasTried ? found : {};
  const large = page.inputs.filter(isLarge);
  const small = page.inputs.filter((port) => !isLarge(port));
  const set = (name: string, value: unknown) => { setValues((before) => ({ ...before, [name]: value })); };
  useEffect(() => () => { running.current?.abort(); }, []);

  const run = async () => {
    setTried(true);
    await settled();
    if (Object.keys(found).length > 0) return;
    const inputs = toSend(page.inputs, values);
    const stop = new AbortController();
    running.current = stop;
    setProblem(null);
    setMade({ inputs, outputs: {}, isDone: false, progress: null });
    const change = (how: (before: Made) => Made) => { setMade((before) => before && how(before)); };
    try {
      for await (const news of runHosted(page.name, token, inputs, stop.signal)) {
        if (news.type === "progress") change((before) => ({ ...before, progress: news }));
        if (news.type === "preview") change((before) => ({ ...before, outputs: { ...before.outputs, [news.output]: news.value } }));
        if (news.type === "part") change((before) => ({ ...before, outputs: { ...before.outputs, [news.output]: joined(before.outputs[news.output], news.value) } }));
        if (news.type === "result") change((before) => ({ ...before, outputs: news.outputs, isDone: true }));
        if (news.type === "error") setProblem(news);
      }
    } catch (error) {
      if (stop.signal.aborted) setMade(null);
      else setProblem(problemOf(error));
    }
  };
  return (
    <div className={styles.page}>
      <header className={styles.head}>
        <h1>{page.title || page.name}</h1>
        {page.description && <p>{page.description}</p>}
      </header>
      <form
        className={styles.sides}
        aria-label="Inputs"
        onSubmit={(event) => {
          event.preventDefault();
          if (isRunning) running.current?.abort();
          else void run();
        }}
      >
        <div className={styles.side}>
          {large.length > 0 && <div className={styles.large}><InputPane ports={large} all={page.inputs} values={values} wrong={shown} onChange={set} /></div>}
          <OptionRows ports={small} values={values} wrong={shown} onChange={set} />
          {!page.is_public && (
            <Field label="Token" htmlFor="guest-token" about="Whoever sent you here has one for you. It is not kept.">
              <TextInput id="guest-token" type="password" autoComplete="off" value={token} onChange={(event) => { setToken(event.target.value.trim()); }} />
            </Field>
          )}
          <Button type="submit" look={isRunning ? "plain" : "main"} size="large" icon={isRunning ? <X /> : <Play />}>{isRunning ? "Cancel" : "Run"}</Button>
          {problem && <ProblemNote message={problem.message} hint={problem.code === "access" ? NO_TOKEN : problem.hint} />}
        </div>
        <section className={styles.side} aria-label="Output" aria-busy={isRunning}>
          {made === null && <Empty title="Nothing made yet">The result appears here.</Empty>}
          {isRunning && Object.keys(made.outputs).length === 0 && (
            status.data?.state === "waking" ? <Waking status={status.data} /> : (
              <div className={styles.waiting} role="status"><Ring fraction={made.progress?.fraction ?? null} size={40} /><span>{made.progress?.text ?? ""}</span></div>
            )
          )}
          {made && <Outputs page={page} made={made} />}
        </section>
      </form>
      <footer className={styles.foot}>Made with Gesso. What you give it goes to the computer that this page comes from, and is not kept there.</footer>
    </div>
  );
}

/** A part of a text or a list, behind what has come before it. */
function joined(before: unknown, part: unknown): unknown {
  if (typeof part === "string" && (before === undefined || typeof before === "string")) return (before ?? "") + part;
  return [...(Array.isArray(before) ? (before as unknown[]) : []), part];
}

function Outputs({ page, made }: { page: HostedPage; made: Made }) {
  const scene = useMemo(() => sceneOf(page.inputs, made.inputs), [page.inputs, made.inputs]);
  return page.outputs.map((port) => {
    const value = made.outputs[port.name];
    if (value === undefined) return null;
    const { Output } = widgetOf(port.type);
    return (
      <div key={port.name} className={isLarge(port) ? styles.large : undefined}>
        {page.outputs.length > 1 && <h2 className={styles.caption}>{titleOf(port)}</h2>}
        <Output port={port} value={value} scene={scene} isPreview={!made.isDone} />
      </div>
    );
  });
}
