import { Plus } from "lucide-react";
import { useState } from "react";
import { api, problemOf } from "@/api/client";
import type { Deployment, Problem } from "@/api/types";
import { ago } from "@/ui/amounts";
import { Button } from "@/ui/button";
import { ProblemNote } from "@/ui/empty";
import { Ring } from "@/ui/ring";
import { Part } from "@/ui/page";
import styles from "./hosting.module.css";

/** The versions of a deployment: a new one beside the old, switched to and back. */
export function VersionsPart({ deployment, onChanged }: { deployment: Deployment; onChanged: (changed: Deployment) => void }) {
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState<number | "new" | null>(null);
  const current = deployment.releases.find(({ number }) => number === deployment.current);
  const act = async (what: number | "new", doing: () => Promise<Deployment>) => {
    setBusy(what);
    setProblem(null);
    try {
      onChanged(await doing());
    } catch (error) {
      setProblem(problemOf(error));
    }
    setBusy(null);
  };
  const add = () => {
    if (!current) return;
    void act("new", () => api.deploy(deployment.name, { model: current.model, command: current.command, options: current.options, device: current.device }));
  };
  return (
    <Part title="Versions" aside={<Button icon={busy === "new" ? <Ring size={16} /> : <Plus />} disabled={busy !== null} title="The model as it is now, beside the one that answers" onClick={add}>Add the model of now</Button>}>
      {problem && (problem.code === "conflict" ? <p role="status">{problem.message} {problem.hint}</p> : <ProblemNote message={problem.message} hint={problem.hint} detail={problem.detail} />)}
      <ul className={styles.versions}>
        {[...deployment.releases].reverse().map((release) => (
          <li key={release.number}>
            <strong>Version {release.number}</strong>
            <span className="soft">{release.model}, {release.command}, made {ago(release.created_at)}, <code>{release.digest.slice(0, 8)}</code></span>
            {release.number === deployment.current ? (
              <span className={styles.answers}>Answers</span>
            ) : (
              <Button look="quiet" disabled={busy !== null} icon={busy === release.number ? <Ring size={16} /> : undefined} onClick={() => void act(release.number, () => api.switchTo(deployment.name, release.number))}>
                {busy === release.number ? "Waking it" : "Switch to it"}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </Part>
  );
}
