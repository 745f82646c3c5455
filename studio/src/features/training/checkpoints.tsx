import { useQuery } from "@tanstack/react-query";
import { GitFork } from "lucide-react";
import { useState } from "react";
import { useLocation } from "wouter";
import { api, problemOf } from "@/api/client";
import type { Checkpoint, Problem, Training } from "@/api/types";
import { OptionRows } from "@/features/bench/input-pane";
import { startValues, toSend, wrongs } from "@/features/bench/values";
import { size } from "@/ui/amounts";
import { Button } from "@/ui/button";
import { TextInput } from "@/ui/controls";
import { Dialog } from "@/ui/dialog";
import { ProblemNote } from "@/ui/empty";
import { Field } from "@/ui/field";
import { Part } from "@/ui/page";
import { changedOnly } from "./options";
import styles from "./training.module.css";
import { take } from "./use-course";

const MOST = 6;

/** The states that were kept: from each of them another training can begin. */
export function CheckpointsPart({ training, checkpoints }: { training: Training; checkpoints: readonly Checkpoint[] }) {
  const [from, setFrom] = useState<Checkpoint | null>(null);
  const [isWhole, setWhole] = useState(false);
  const newest = [...checkpoints].reverse();
  const shown = isWhole ? newest : newest.filter((one, index) => index < MOST || one.is_best);
  const number = (value: number | null) => (value === null ? "–" : value.toFixed(3));
  return (
    <Part title="Checkpoints">
      {checkpoints.length === 0 ? <p className="soft">None yet. Whatever happens, it goes on from the last of them.</p> : (
        <div className={styles.table}>
          <table>
            <thead><tr><th scope="col">Step</th><th scope="col">Loss</th><th scope="col">On held-out text</th><th scope="col">Size</th><th scope="col"><span className="unseen">What to do</span></th></tr></thead>
            <tbody>
              {shown.map((one) => (
                <tr key={one.step}>
                  <th scope="row">{one.step.toLocaleString()} {one.is_best && <span className={styles.chip}>Best</span>}</th>
                  <td>{number(one.loss)}</td>
                  <td>{number(one.heldout_loss)}</td>
                  <td>{size(one.size_bytes)}</td>
                  <td><Button look="quiet" icon={<GitFork />} aria-label={`Fork from step ${String(one.step)}`} title="Another training that begins here, with other options if you like" onClick={() => { setFrom(one); }}>Fork</Button></td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {shown.length < newest.length && <Button look="quiet" onClick={() => { setWhole(true); }}>Show all {newest.length}</Button>}
      {from && <ForkDialog training={training} from={from} onClose={() => { setFrom(null); }} />}
    </Part>
  );
}

function ForkDialog({ training, from, onClose }: { training: Training; from: Checkpoint; onClose: () => void }) {
  const [, go] = useLocation();
  const trainers = useQuery({ queryKey: ["trainers"], queryFn: api.trainers, staleTime: Infinity });
  const ports = trainers.data?.find(({ name }) => name === training.trainer)?.options ?? [];
  const [changed, setChanged] = useState<Record<string, unknown>>({});
  const [name, setName] = useState("");
  const [problem, setProblem] = useState<Problem | null>(null);
  const values = { ...startValues(ports), ...training.options, ...changed };
  const wrong = wrongs(ports, values);
  const send = async () => {
    setProblem(null);
    try {
      const forked = await api.fork(training.id, { step: from.step, ...(name.trim() ? { name: name.trim() } : {}), options: changedOnly(toSend(ports, values), training.options, ports) });
      take(forked);
      go(`/training/${forked.id}`);
    } catch (error) {
      setProblem(problemOf(error));
    }
  };
  return (
    <Dialog title={`Fork from step ${from.step.toLocaleString()}`} onClose={onClose}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <p className="soft">Another training begins with what this one had learnt until then. This one stays as it is.</p>
        <Field label="Name" htmlFor="fork-name" wrong={problem?.where === "name" ? `${problem.message} ${problem.hint}` : null}>
          <TextInput id="fork-name" data-first aria-describedby="fork-name-about" autoComplete="off" maxLength={100} placeholder={`${training.name}-2`} value={name} onChange={(event) => { setName(event.target.value); }} />
        </Field>
        <OptionRows prefix="fork" ports={ports} values={values} wrong={wrong} onChange={(port, value) => { setChanged({ ...changed, [port]: value }); }} />
        {problem && problem.where !== "name" && <ProblemNote message={problem.message} hint={problem.hint} detail={problem.detail} />}
        <div className={styles.formEnd}>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="main" disabled={Object.keys(wrong).length > 0}>Begin</Button>
        </div>
      </form>
    </Dialog>
  );
}
