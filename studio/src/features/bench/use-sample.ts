import { useMutation, useQuery } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { api } from "@/api/client";
import type { Command } from "@/api/types";
import { sayProblem } from "@/features/jobs/say-problem";
import { benchOf, replace, useBenches } from "./bench-store";
import { startValues } from "./values";

interface Sample {
  load: () => void;
  isLoading: boolean;
  isThere: boolean;
  /** Not there yet, but what the model needs brings it. */
  isToBeHad: boolean;
  /** What the model needs is being installed. */
  isInstalling: boolean;
}

/** Put the defaults on an empty bench, and the model's own example, so that one press gives a result. */
export function useSample(model: string, command: Command, isTouched: boolean): Sample {
  const change = useBenches((benches) => benches.change);
  const examples = useQuery({ queryKey: ["examples", model], queryFn: () => api.examples(model), staleTime: Infinity });
  const example = examples.data?.examples.find(({ inputs }) => Object.keys(inputs).every((one) => command.inputs.some((port) => port.name === one)));
  const values = useMemo(() => ({ ...startValues(command.inputs), ...example?.inputs }), [command, example]);
  // It may lie among what the model needs, which is installed when somebody asks for it and not before.
  const preparing = useMutation({ mutationFn: () => api.prepare(model), onSuccess: () => examples.refetch(), onError: sayProblem });
  useEffect(() => {
    if (!isTouched && !benchOf(model).isTouched) change(model, { values }); // asked anew: it may have been touched since it was drawn
  }, [model, values, isTouched, change]);
  const isThere = example !== undefined;
  const load = () => { if (isThere) replace(model, { values, isTouched: false }); else preparing.mutate(); };
  return { load, isLoading: examples.isPending || preparing.isPending, isThere, isToBeHad: !isThere && examples.data?.is_prepared === false, isInstalling: preparing.isPending };
}
