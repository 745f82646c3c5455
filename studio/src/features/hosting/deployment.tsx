import { useQuery } from "@tanstack/react-query";
import { ArrowLeft, Bot, Moon, Sun, Trash2 } from "lucide-react";
import { useState } from "react";
import { Link, useLocation } from "wouter";
import { api, problemOf } from "@/api/client";
import type { Deployment, DeploymentChange, Problem } from "@/api/types";
import { isWriting, makeBotOf } from "@/features/bots/writing";
import { queries } from "@/features/connection/queries";
import { Button } from "@/ui/button";
import { CodeBlock } from "@/ui/code-block";
import { Switch, TextInput } from "@/ui/controls";
import { Dialog } from "@/ui/dialog";
import { ProblemNote } from "@/ui/empty";
import { Field } from "@/ui/field";
import { Part } from "@/ui/page";
import room from "@/ui/room.module.css";
import { CodePart } from "./code";
import { FiguresPart } from "./figures";
import styles from "./hosting.module.css";
import { LogPart } from "./log";
import { StateWord, Waking } from "./state";
import { TokensPart } from "./tokens";
import { VersionsPart } from "./versions";

/** One deployment: its address, how it stands, who may use it, what was asked. */
export function DeploymentPage({ deployment }: { deployment: Deployment }) {
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isRemoving, setRemoving] = useState(false);
  const { name, status } = deployment;
  const take = (changed: Deployment) => {
    queries.setQueryData<Deployment[]>(["deployments"], (before) => before?.map((one) => (one.name === name ? changed : one)));
  };
  const act = (doing: Promise<Deployment>) => {
    setProblem(null);
    doing.then(take).catch((error: unknown) => { setProblem(problemOf(error)); });
  };
  const change = (changes: DeploymentChange) => { act(api.changeDeployment(name, changes)); };
  return (
    <section className={room.detail} aria-label={name}>
      <header className={room.detailHead}>
        <Link href="/hosting" className={room.back}><ArrowLeft aria-hidden="true" />Hosting</Link>
        <h2>{name}</h2>
        <StateWord state={status.state} />
        <div className={room.actions}>
          <BotOf deployment={deployment} />
          {status.state === "awake" && <Button icon={<Moon />} onClick={() => { act(api.sleep(name)); }}>Put to sleep</Button>}
          {(status.state === "asleep" || status.state === "failed") && <Button icon={<Sun />} onClick={() => { act(api.wake(name)); }}>Wake</Button>}
        </div>
      </header>
      {problem && <ProblemNote message={problem.message} hint={problem.hint} detail={problem.detail} />}
      <Waking status={status} />
      {deployment.shares_with.length > 0 && <p className="soft">It shares its workers with {deployment.shares_with.join(", ")}: the same model, the same options. They wake and sleep together.</p>}
      <CodeBlock label="Address" code={deployment.url} />
      <FiguresPart name={name} />
      <CodePart name={name} />
      <TokensPart deployment={deployment} />
      <VersionsPart deployment={deployment} onChanged={take} />
      <Part title="Who may use it">
        <Field label="Switched on" htmlFor="is-active" about="Switched off, it answers nobody. Tokens and figures stay." aside={<Switch id="is-active" describedBy="is-active-about" isOn={deployment.is_active} onChange={(is_active) => { change({ is_active }); }} />}>{null}</Field>
        <Field label="Everybody may use it" htmlFor="is-public" about="Whoever reaches this Gesso needs no token." aside={<Switch id="is-public" describedBy="is-public-about" isOn={deployment.is_public} onChange={(is_public) => { change({ is_public }); }} />}>{null}</Field>
        <Field label="A page for people" htmlFor="has-page" about={deployment.has_page ? `At ${deployment.url}, with a form${deployment.is_public ? "" : ", which asks for a token"}.` : "With a form, at its address."} aside={<Switch id="has-page" describedBy="has-page-about" isOn={deployment.has_page} onChange={(has_page) => { change({ has_page }); }} />}>{null}</Field>
        {deployment.has_page && <p><a className={styles.link} href={deployment.path} target="_blank" rel="noreferrer">Open the page</a></p>}
        {deployment.is_public && <Pages deployment={deployment} onChange={(origins) => { change({ origins }); }} />}
        <Rate deployment={deployment} onChange={(requests_per_minute) => { change({ requests_per_minute }); }} />
      </Part>
      <LogPart name={name} />
      <Part title="Remove">
        <p className="soft">The address, its tokens, figures and log go. The model stays.</p>
        <Button icon={<Trash2 />} onClick={() => { setRemoving(true); }}>Remove {name}</Button>
      </Part>
      {isRemoving && <Removing name={name} onClose={() => { setRemoving(false); }} />}
    </section>
  );
}

/** The way to a bot that speaks through it, if it makes a text of a text. */
function BotOf({ deployment }: { deployment: Deployment }) {
  const [, go] = useLocation();
  const name = deployment.releases.find(({ number }) => number === deployment.current)?.model ?? "";
  const model = useQuery({ queryKey: ["model", name], queryFn: () => api.model(name), enabled: name !== "", retry: false });
  if (!model.data || !isWriting(model.data)) return null;
  return <Button icon={<Bot />} title="It speaks through this address, with you, then on Discord, Slack or X" onClick={() => { makeBotOf(deployment.url, go); }}>Make a bot of it</Button>;
}

function Pages({ deployment, onChange }: { deployment: Deployment; onChange: (origins: string[]) => void }) {
  const [text, setText] = useState<string | null>(null);
  const save = () => {
    if (text !== null) onChange(text.split(/[,\s]+/).filter(Boolean));
    setText(null);
  };
  return (
    <Field label="Web pages that may use it" htmlFor="pages" about="Their addresses, between commas. Programs that are no pages may use it anyway.">
      <TextInput id="pages" aria-describedby="pages-about" placeholder="https://editor.p5js.org" value={text ?? deployment.origins.join(", ")} onChange={(event) => { setText(event.target.value); }} onBlur={save} onKeyDown={(event) => { if (event.key === "Enter") save(); }} />
    </Field>
  );
}

function Rate({ deployment, onChange }: { deployment: Deployment; onChange: (rate: number) => void }) {
  const [text, setText] = useState<string | null>(null);
  const value = Number(text);
  const isWrong = text !== null && !(Number.isInteger(value) && value >= 0 && value <= 1_000_000);
  const save = () => {
    if (text === null || isWrong) return;
    onChange(value);
    setText(null);
  };
  return (
    <Field label="Requests a minute" htmlFor="rate" about="For each token, or each computer. Empty is no limit." wrong={isWrong ? "Give a whole number." : null} aside={<TextInput id="rate" className={styles.number ?? ""} inputMode="numeric" aria-describedby="rate-about" placeholder="No limit" value={text ?? (deployment.requests_per_minute ?? "")} onChange={(event) => { setText(event.target.value); }} onBlur={save} onKeyDown={(event) => { if (event.key === "Enter") save(); }} />}>{null}</Field>
  );
}

function Removing({ name, onClose }: { name: string; onClose: () => void }) {
  const [, go] = useLocation();
  const [problem, setProblem] = useState<Problem | null>(null);
  const figures = useQuery({ queryKey: ["figures", name, 60], queryFn: () => api.figures(name, 60, 60) });
  const remove = async () => {
    try {
      await api.deleteDeployment(name);
      go("/hosting");
      await queries.invalidateQueries({ queryKey: ["deployments"] });
    } catch (error) {
      setProblem(problemOf(error));
    }
  };
  const asked = figures.data?.total.requests ?? 0;
  return (
    <Dialog title={`Remove ${name}?`} onClose={onClose}>
      <div className={styles.form}>
        <p>Whatever uses this address stops working. {asked > 0 ? `In the last hour it was asked ${String(asked)} times. ` : ""}This cannot be taken back: its tokens are not kept anywhere.</p>
        {problem && <ProblemNote message={problem.message} hint={problem.hint} />}
        <div className={styles.formEnd}>
          <Button data-first onClick={onClose}>Keep it</Button>
          <Button look="main" onClick={() => void remove()}>Remove</Button>
        </div>
      </div>
    </Dialog>
  );
}
