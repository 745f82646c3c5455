import { useQuery } from "@tanstack/react-query";
import { Bot, Download, Globe, MessageSquareText } from "lucide-react";
import { useState } from "react";
import { useLocation } from "wouter";
import { api, downloadUrl, problemOf } from "@/api/client";
import type { Problem, Training } from "@/api/types";
import { benchPath } from "@/features/bench/actions";
import { makeBotOf } from "@/features/bots/writing";
import { save } from "@/features/jobs/download";
import { Button } from "@/ui/button";
import { ProblemNote } from "@/ui/empty";
import { Facts } from "@/ui/page";
import { Ring } from "@/ui/ring";
import { NOTHING } from "./bases";
import { many, memorisedWords, percent, took } from "./course";
import styles from "./training.module.css";

/** The model that has come of it: its card, and what one does with it. */
export function FinishedPart({ training }: { training: Training }) {
  const [, go] = useLocation();
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isExporting, setExporting] = useState(false);
  const model = useQuery({ queryKey: ["model", training.model], queryFn: () => api.model(training.model), enabled: training.model !== "" });
  const memorised = training.memorised?.share ?? null;
  const best = training.report?.["heldout_loss"] ?? training.latest?.heldout_loss;
  const time = took(training);
  const take = async () => {
    setExporting(true);
    setProblem(null);
    try {
      const zip = await api.exportTraining(training.id);
      save(downloadUrl(zip.blob, zip.name), zip.name);
    } catch (error) {
      setProblem(problemOf(error));
    }
    setExporting(false);
  };
  return (
    <div className={styles.now}>
      <p className={styles.large}><strong role="status">{training.model ? "It can write" : "Done"}</strong><span className="soft">{time ? `after ${time}` : ""}</span></p>
      {model.data?.description && <p>{model.data.description}</p>}
      {training.model ? (
        <div className={styles.next}>
          <Button look="main" size="large" icon={<MessageSquareText />} onClick={() => { go(benchPath(training.model)); }}>Try it</Button>
          <Button size="large" icon={<Globe />} title="Give it an address, for sketches, bots and websites" onClick={() => { go(`/hosting?host=${encodeURIComponent(training.model)}`); }}>Host it</Button>
          <Button size="large" icon={<Bot />} title="It speaks with you, then on Discord, Slack or X" onClick={() => { makeBotOf(training.model, go); }}>Make a bot of it</Button>
          <Button size="large" icon={isExporting ? <Ring size={16} /> : <Download />} disabled={isExporting} title="As others read it: a Hugging Face folder in a ZIP" onClick={() => void take()}>Export</Button>
        </div>
      ) : <p className="soft">Its model is not on the list of models any more.</p>}
      {problem && <ProblemNote message={problem.message} hint={problem.hint} detail={problem.detail} />}
      <Facts
        facts={[
          ["Loss on held-out text", typeof best === "number" ? best.toFixed(3) : "–"],
          ["Steps", training.latest ? training.latest.step.toLocaleString() : "–"],
          ["Size", training.plan?.parameters ? many(training.plan.parameters) : "–"],
          ["Base", training.base === NOTHING ? "Nothing" : training.base],
          ["Licence", model.data?.licence || "Not said"],
          ["Word for word", memorised === null ? "–" : percent(memorised)],
        ]}
      />
      {memorised !== null && <p className="soft">{percent(memorised)} of its last samples stand word for word in your text. {memorisedWords(memorised)}</p>}
    </div>
  );
}
