import { useQuery } from "@tanstack/react-query";
import { GraduationCap, Plus } from "lucide-react";
import { useEffect } from "react";
import { Link, Route, Switch, useLocation } from "wouter";
import { api } from "@/api/client";
import { RoomProblem } from "@/features/connection/room-problem";
import { Button } from "@/ui/button";
import { Empty } from "@/ui/empty";
import { Ring } from "@/ui/ring";
import room from "@/ui/room.module.css";
import { isOver } from "./course";
import { DatasetPage } from "./dataset-page";
import { DatasetList, TrainingList } from "./lists";
import { NewPage } from "./new-page";
import { RunPage } from "./run-page";
import styles from "./training.module.css";

const BUSY_MS = 2000;
const CALM_MS = 10_000;

/** Texts, and the models that learn from them: begun, followed, looked at. */
export default function TrainingRoom({ place }: { place: string | undefined }) {
  const [, go] = useLocation();
  const trainings = useQuery({
    queryKey: ["trainings"],
    queryFn: () => api.trainings(),
    refetchInterval: ({ state }) => (state.data?.trainings.some((one) => !isOver(one)) ? BUSY_MS : CALM_MS),
  });
  const datasets = useQuery({ queryKey: ["datasets"], queryFn: api.datasets });
  useEffect(() => {
    if (!place) document.title = "Training · Gesso";
  }, [place]);
  const all = trainings.data?.trainings ?? [];
  const texts = datasets.data ?? [];
  const isEmpty = trainings.isSuccess && datasets.isSuccess && all.length + texts.length === 0;
  const train = <Button look="main" icon={<Plus />} onClick={() => { go("/training/new"); }}>Train a model</Button>;
  return (
    <div className={`${room.page ?? ""} ${styles.room ?? ""}`} data-chosen={place ? "" : undefined}>
      <div className={room.list}>
        <header className={room.head}>
          <h1>Training</h1>
          {!isEmpty && place !== "new" && train}
        </header>
        {trainings.isPending && <Empty icon={<Ring size={32} />} title="Loading" />}
        {trainings.error && !trainings.data && <RoomProblem error={trainings.error} />}
        {isEmpty && !place && (
          <Empty icon={<GraduationCap aria-hidden="true" />} title="Nothing trained yet" actions={train}>
            Give it a text of yours, a book, poems, letters, and a model learns to write like it. A few pages are a beginning.
          </Empty>
        )}
        {all.length > 0 && <TrainingList trainings={all} chosen={place} />}
        {texts.length > 0 && <DatasetList datasets={texts} path={place} />}
      </div>
      <Switch>
        <Route path="/training">{null}</Route>
        <Route path="/training/new"><NewPage datasets={datasets.data} /></Route>
        <Route path="/training/texts/:name">{({ name }) => <DatasetPage key={name} name={decodeURIComponent(name)} />}</Route>
        <Route path="/training/:id">{({ id }) => <RunPage key={id} id={decodeURIComponent(id)} />}</Route>
        <Route><Empty title="There is nothing here" actions={<Link href="/training"><Button>All trainings</Button></Link>} /></Route>
      </Switch>
    </div>
  );
}
