import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
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
  const highest = useRef(0);
  useEffect(() => {
    if (step < highest.current) {
      // It went on from a checkpoint: what came after that is no more.
      for (const name of ["curve", "training-samples"]) {
        queries.setQueryData<{ step: number }[]>([name, id], (known) => known?.filter((one) => one.step <= step));
      }
    }
    highest.current = step;
  }, [id, step]);
  useEffect(() => {
    if (!isLive) void Promise.all(["curve", "training-samples", "checkpoints"].map((name) => queries.invalidateQueries({ queryKey: [name, id] }))); // what came last
  }, [id, isLive]);
  return { points, samples, checkpoints: checkpoints.data ?? [] };
}

/** A training as it stands, kept up to date while it runs. */
export function useTraining(id: string) {
  const [heard, setHeard] = useState<Pick<Training, "progress" | "progress_text"> | null>(null);
  const found = useQuery({
    queryKey: ["training", id],
    queryFn: () => api.training(id),
    refetchInterval: ({ state }) => (state.data && !isOver(state.data) ? LOOK_MS : false),
  });
  const job = found.data?.id;
  const isLive = found.data !== undefined && !isOver(found.data);
  useEffect(() => {
    if (job === undefined || !isLive) return undefined;
    const stop = listen(
      job,
      (event) => {
        if (event.type === "progress") setHeard({ progress: event.fraction, progress_text: event.text });
        else if (event.type === "job") void queries.invalidateQueries({ queryKey: ["training", id] }).then(() => queries.invalidateQueries({ queryKey: ["trainings"] }));
      },
      () => undefined, // it is asked anyway, now and then
    );
    return () => {
      stop();
      setHeard(null);
    };
  }, [id, job, isLive]);
  return { ...found, data: found.data && isLive && heard ? { ...found.data, ...heard } : found.data };
}

/** What was changed is shown at once. */
export function take(changed: Training): void {
  queries.setQueryData(["training", changed.id], changed);
  void queries.invalidateQueries({ queryKey: ["trainings"] });
}
