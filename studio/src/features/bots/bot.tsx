import { ArrowLeft, Play, Square, Trash2 } from "lucide-react";
import { useState } from "react";
import { Link, useLocation } from "wouter";
import { bots } from "@/api/bots";
import { problemOf } from "@/api/client";
import type { Bot, Problem } from "@/api/types";
import { queries } from "@/features/connection/queries";
import { Button } from "@/ui/button";
import { Segments } from "@/ui/controls";
import { Dialog } from "@/ui/dialog";
import { ProblemNote } from "@/ui/empty";
import { Ring } from "@/ui/ring";
import { About } from "./about";
import styles from "./bot.module.css";
import making from "./making.module.css";
import { isLacking } from "./keys";
import { Live } from "./live";
import { titleOf } from "./networks";
import { Rehearsal } from "./rehearsal";
import { clear } from "./rehearsals";
import { BotState } from "./state";

/** One bot: its conversation, and at the edge what it is, where it speaks and what it needs. */
export function BotPage({ bot }: { bot: Bot }) {
  const { name, network, status } = bot;
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isBusy, setBusy] = useState(false);
  const [isRemoving, setRemoving] = useState(false);
  const isRunning = status.state !== "off" && status.state !== "failed";
  const [side, setSide] = useState<"rehearsal" | "live">(isRunning ? "live" : "rehearsal");
  const take = (changed: Bot) => {
    queries.setQueryData<Bot[]>(["bots"], (before) => before?.map((one) => (one.name === name ? changed : one)));
  };
  const act = async (doing: Promise<Bot>) => {
    setProblem(null);
    setBusy(true);
    try {
      take(await doing);
    } catch (error) {
      setProblem(problemOf(error));
    }
    setBusy(false);
  };
  const start = () => {
    setSide("live");
    void act(bots.start(name));
  };
  const isLive = network !== "rehearsal" && side === "live";
  const wrong = problem ?? status.problem;
  return (
    <section className={styles.bot} aria-label={name}>
      <header className={styles.botHead}>
        <Link href="/bots" className={making.back}><ArrowLeft aria-hidden="true" />Bots</Link>
        <h2>{bot.persona.name}</h2>
        <BotState bot={bot} />
        {status.account && <span className="soft">as {status.account}</span>}
        {network !== "rehearsal" && (
          <div className={styles.actions}>
            <Segments isFit label="What to see" value={side} choices={[{ value: "rehearsal", label: "Rehearsal" }, { value: "live", label: titleOf(network) }]} onChange={setSide} />
            {isRunning
              ? <Button icon={isBusy ? <Ring size={16} /> : <Square />} disabled={isBusy} onClick={() => void act(bots.stop(name))}>Stop</Button>
              : <Button look="main" icon={isBusy ? <Ring size={16} /> : <Play />} disabled={isBusy || isLacking(bot)} title={isLacking(bot) ? "It needs its keys first" : ""} onClick={start}>Start</Button>}
          </div>
        )}
      </header>
      <div className={styles.botBody}>
        <div className={styles.front}>
          {wrong && <ProblemNote message={wrong.message} hint={wrong.hint} detail={wrong.detail} />}
          {isLive ? <Live key={bot.created_at} bot={bot} /> : <Rehearsal bot={bot} />}
        </div>
        <aside className={styles.edge} aria-label="About it" tabIndex={0}>
          <About bot={bot} onChanged={take} />
          <Button look="quiet" icon={<Trash2 />} onClick={() => { setRemoving(true); }}>Remove {bot.persona.name}</Button>
        </aside>
      </div>
      {isRemoving && <Removing bot={bot} onClose={() => { setRemoving(false); }} />}
    </section>
  );
}

function Removing({ bot, onClose }: { bot: Bot; onClose: () => void }) {
  const [, go] = useLocation();
  const [problem, setProblem] = useState<Problem | null>(null);
  const remove = async () => {
    try {
      await bots.remove(bot.name);
      clear(bot.name);
      go("/bots");
      await queries.invalidateQueries({ queryKey: ["bots"] });
    } catch (error) {
      setProblem(problemOf(error));
    }
  };
  return (
    <Dialog title={`Remove ${bot.persona.name}?`} onClose={onClose}>
      <div className={making.form}>
        <p>{bot.network === "rehearsal" ? "Its persona goes. The model stays." : `It leaves ${titleOf(bot.network)}. Its persona and its keys go; what it has said there stays, and so does the model.`}</p>
        {problem && <ProblemNote message={problem.message} hint={problem.hint} />}
        <div className={making.formEnd}>
          <Button data-first onClick={onClose}>Keep it</Button>
          <Button look="main" onClick={() => void remove()}>Remove</Button>
        </div>
      </div>
    </Dialog>
  );
}
