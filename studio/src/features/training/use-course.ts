import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { api, listen } from "@/api/client";
import type { Checkpoint, CurvePoint, SampleText, Training } from "@/api/types";
import { queries } from "@/features/connection/queries";
import { askAfter, isOver, joined } from "./course";

const LOOK_MS = 2000;

interface Course {
  points: CurvePoint[];
  samples: SampleText[];
  checkpoints: Checkpoint[];
}

/** Ask only for what is new since the last time. */
function useGrowing<One extends { step: number }>(name: string, id: string, { ask, isLive }: { ask: (id: string, afterStep: number) => Promise<One[]>; isLive: boolean }): One[] {
  const key = [name, id];
  const found = useQuery({
    queryKey: key,
    queryFn: async () => {
      const known = queries.getQueryData<One[]>(key) ?? [];
      const after = askAfter(known);
      return joined(known, await ask(id, after), after);
    },
    refetchInterval: isLive ? LOOK_MS : false,
    structuralSharing: false,
  });
  return found.data ?? [];
}

/** The curve, the samples and the checkpoints of a training, as they come. */
export function useCourse(training: Training): Course {
  const { id } = training;
  const isLive = !isOver(training);
  const points = useGrowing("curve", id, { ask: api.curve, isLive });
  const samples = useGrowing("training-samples", id, { ask: api.trainingSamples, isLive });
  const checkpoints = useQuery({ queryKey: ["checkpoints", id], queryFn: () => api.checkpoints(id), refetchInterval: isLive ? LOOK_MS : false });
  const step = training.latest?.step ?? 0;
  const lastKnown = points.at(-1)?.step ?? 0;
  useEffect(() => {
    // It went on from a checkpoint: what came after that is no more.
    if (step >= lastKnown || !isLive) return;
    for (const name of ["curve", "training-samples"]) {
      queries.setQueryData<{ step: number }[]>([name, id], (known) => known?.filter((one) => one.step <= step));
    }
  }, [id, step, lastKnown, isLive]);
  useEffect(() => {
    if (!isLive) void Promise.all(["curve", "training-samples", "checkpoints"].map((name) => queries.invalidateQueries({ queryKey: [name, id] }))); // what came last
  }, [id, isLive]);
  return { points, samples, checkpoints: checkpoints.data ?? [] };
}

/** A training as it stands, kept up to date while it runs. */
export function useTraining(id: string) {
  const found = useQuery({
    queryKey: ["training", id],
    queryFn: () => api.training(id),
    refetchInterval: ({ state }) => (state.data && !isOver(state.data) ? LOOK_MS : false),
  });
  const job = found.data?.id;
  const isLive = found.data !== undefined && !isOver(found.data);
  useEffect(() => {
    if (job === undefined || !isLive) return undefined;
    return listen(
      job,
      (event) => {
        if (event.type === "progress") queries.setQueryData<Training>(["training", id], (now) => now && { ...now, progress: event.fraction, progress_text: event.text });
        else if (event.type === "job") void queries.invalidateQueries({ queryKey: ["training", id] }).then(() => queries.invalidateQueries({ queryKey: ["trainings"] }));
      },
      () => undefined, // it is asked anyway, now and then
    );
  }, [id, job, isLive]);
  return found;
}

/** What was changed is shown at once. */
export function take(changed: Training): void {
  queries.setQueryData(["training", changed.id], changed);
  void queries.invalidateQueries({ queryKey: ["trainings"] });
}
