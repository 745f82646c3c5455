import { useQuery } from "@tanstack/react-query";
import { ArrowLeft, FilePlus2 } from "lucide-react";
import { useEffect, useState } from "react";
import { Link, useLocation, useSearch } from "wouter";
import { api, problemOf } from "@/api/client";
import type { Dataset, NewTraining, Problem, Trainer } from "@/api/types";
import { OptionRows } from "@/features/bench/input-pane";
import { startValues, toSend, wrongs } from "@/features/bench/values";
import { RoomProblem } from "@/features/connection/room-problem";
import { Button } from "@/ui/button";
import { Select, TextInput } from "@/ui/controls";
import { Empty, ProblemNote } from "@/ui/empty";
import { Field } from "@/ui/field";
import { Part } from "@/ui/page";
import { Ring } from "@/ui/ring";
import room from "@/ui/room.module.css";
import { AddTexts, ColumnField } from "./add-texts";
import { BaseField } from "./base-field";
import { usualBase } from "./bases";
import { DatasetFacts, LengthsPart, PreviewPart } from "./dataset-view";
import { EstimateBar } from "./estimate";
import { takeColumn, useMaking } from "./making";
import { changedOnly, sorted } from "./options";
import { PresetCards } from "./preset-cards";
import styles from "./training.module.css";
import { take } from "./use-course";

const newPath = (text: string): string => `/training/new?text=${encodeURIComponent(text)}`;

/** A text, how long to learn, and off it goes. */
export function NewPage({ datasets }: { datasets: Dataset[] | undefined }) {
  const [, go] = useLocation();
  const named = new URLSearchParams(useSearch()).get("text");
  const trainers = useQuery({ queryKey: ["trainers"], queryFn: api.trainers, staleTime: Infinity });
  const trainer = trainers.data?.find(({ name }) => name === "text") ?? trainers.data?.[0];
  const dataset = datasets?.find(({ name, digest }) => named !== null && (name === named || digest === named));
  useEffect(() => {
    document.title = "Train a model · Gesso";
  }, []);
  return (
    <section className={room.detail} aria-label="Train a model">
      <header className={room.detailHead}>
        <Link href="/training" className={room.back}><ArrowLeft aria-hidden="true" />Training</Link>
        <h2>Train a text model</h2>
      </header>
      {trainers.error && <RoomProblem error={trainers.error} />}
      {trainers.data?.length === 0 && <ProblemNote message="There is no trainer here." hint="It comes with Gesso: install it again." />}
      {!dataset && <AddTexts onMade={(made) => { go(newPath(made.name)); }} />}
      {!dataset && datasets && datasets.length > 0 && <Earlier datasets={datasets} onChoose={(name) => { go(newPath(name)); }} />}
      {dataset && trainer && <Order key={dataset.digest} dataset={dataset} trainer={trainer} />}
      {dataset && trainers.isPending && <Empty icon={<Ring size={32} />} title="Loading" />}
    </section>
  );
}

function Earlier({ datasets, onChoose }: { datasets: Dataset[]; onChoose: (name: string) => void }) {
  return (
    <Field label="Or one that is here already" htmlFor="earlier">
      <Select id="earlier" value="" onChange={(event) => { onChoose(event.target.value); }}>
        <option value="">Choose …</option>
        {datasets.map((one) => <option key={one.digest} value={one.name}>{one.name}</option>)}
      </Select>
    </Field>
  );
}

/** All that is chosen for a training; kept while one looks elsewhere. */
const drafts = new Map<string, { name: string; base: string; changed: Record<string, unknown> }>();

function Order({ dataset, trainer }: { dataset: Dataset; trainer: Trainer }) {
  const [, go] = useLocation();
  const [draft, setDraft] = useState(() => drafts.get(dataset.digest) ?? { name: "", base: usualBase(trainer, dataset.bytes), changed: {} });
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isSending, setSending] = useState(false);
  const making = useMaking();
  const { preset, first, rest } = sorted(trainer.options);
  const values = { ...startValues(trainer.options), ...draft.changed };
  const wrong = wrongs(trainer.options, values);
  const refused = trainer.options.find(({ name }) => name === problem?.where)?.name;
  const shown = { ...wrong, ...(refused && problem ? { [refused]: problem.message } : {}) };
  const change = (changes: Partial<typeof draft>) => {
    const changed = { ...draft, ...changes };
    drafts.set(dataset.digest, changed);
    setDraft(changed);
    setProblem(null);
  };
  const setOption = (name: string, value: unknown) => { change({ changed: { ...draft.changed, [name]: value } }); };
  const order: NewTraining = { dataset: dataset.digest, trainer: trainer.name, base: draft.base, options: changedOnly(toSend(trainer.options, values), {}, trainer.options) };
  const measured = new Set(trainer.spec.commands.find((command) => command.name === "estimate")?.inputs.map(({ name }) => name));
  const estimated = { ...order, options: Object.fromEntries(Object.entries(order.options ?? {}).filter(([name]) => measured.has(name))) };
  const isOfName = problem?.where === "name";
  const start = async () => {
    setSending(true);
    setProblem(null);
    try {
      const begun = await api.train({ ...order, ...(draft.name.trim() ? { name: draft.name.trim() } : {}) });
      take(begun);
      drafts.delete(dataset.digest);
      go(`/training/${begun.id}`);
    } catch (error) {
      setProblem(problemOf(error));
      setSending(false);
    }
  };
  const anotherColumn = (column: string) => {
    void takeColumn(column).then((made) => { if (made) go(newPath(made.name), { replace: true }); });
  };
  return (
    <>
      <Part title={dataset.name} aside={<Button look="quiet" icon={<FilePlus2 />} onClick={() => { go("/training/new"); }}>Another text</Button>}>
        {making.made === dataset.digest && making.columns.length > 1 && <ColumnField columns={making.columns} value={making.column} onChange={anotherColumn} />}
        {making.problem && making.kept.length > 0 && <ProblemNote message={making.problem.message} hint={making.problem.hint} />}
        <DatasetFacts dataset={dataset} />
        <details className={styles.more}>
          <summary>Look into it</summary>
          <LengthsPart dataset={dataset} />
          <PreviewPart dataset={dataset} />
        </details>
      </Part>
      {preset && (
        <Part title="How thoroughly">
          <PresetCards port={preset} value={values[preset.name]} onChange={(value) => { setOption(preset.name, value); }} />
        </Part>
      )}
      <Part title="What it begins with">
        <BaseField value={draft.base} trainer={trainer} bytes={dataset.bytes} wrong={problem?.where === "base" ? `${problem.message} ${problem.hint}` : null} onChange={(base) => { change({ base }); }} />
      </Part>
      <Part title="Its name, and what it is asked">
        <Field label="Name" htmlFor="training-name" about="By which you run and host it." wrong={isOfName ? `${problem.message} ${problem.hint}` : null}>
          <TextInput id="training-name" aria-describedby="training-name-about" aria-invalid={isOfName} autoComplete="off" maxLength={100} placeholder={dataset.name} value={draft.name} onChange={(event) => { change({ name: event.target.value }); }} />
        </Field>
        <OptionRows prefix="option" ports={first} values={values} wrong={shown} onChange={setOption} />
        {rest.length > 0 && (
          <details className={styles.more} open={rest.some(({ name }) => name in shown) || undefined}>
            <summary>More options</summary>
            <div className={styles.options}><OptionRows prefix="option" ports={rest} values={values} wrong={shown} onChange={setOption} /></div>
          </details>
        )}
      </Part>
      {problem && !isOfName && problem.where !== "base" && !refused && <ProblemNote message={problem.message} hint={problem.hint} detail={problem.detail} />}
      <EstimateBar order={estimated} canStart={Object.keys(wrong).length === 0 && !isSending} isSending={isSending} onStart={() => void start()} />
    </>
  );
}
