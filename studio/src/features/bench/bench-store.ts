import { create } from "zustand";
import { useToasts } from "@/ui/toasts";

/** What lies on a model's bench. It stays while one looks at other rooms. */
export interface Bench {
  values: Record<string, unknown>;
  /** What the model is set up with, where it is not the default. */
  options: Record<string, unknown>;
  /** As typed; empty: drawn anew for each run. */
  seed: string;
  /** The job whose result is shown. */
  jobId: string | null;
  /** The jobs that were asked for together with it, itself among them: several samples of one prompt. */
  group: string[];
  /** How many samples are asked for at once, of models that write. */
  count: number;
  command: string | null;
  /** Whether somebody has put something there: then no sample comes over it. */
  isTouched: boolean;
  /** Whether it runs as soon as the files that are on their way are there. */
  isAwaited: boolean;
}

interface Benches {
  byModel: Record<string, Bench>;
  change: (model: string, changes: Partial<Bench>) => void;
  setValue: (model: string, name: string, value: unknown) => void;
}

export const EMPTY: Bench = { values: {}, options: {}, seed: "", jobId: null, group: [], count: 1, command: null, isTouched: false, isAwaited: false };

export const useBenches = create<Benches>((set) => ({
  byModel: {},
  change: (model, changes) => {
    set(({ byModel }) => ({ byModel: { ...byModel, [model]: { ...(byModel[model] ?? EMPTY), ...changes } } }));
  },
  setValue: (model, name, value) => {
    set(({ byModel }) => {
      const bench = byModel[model] ?? EMPTY;
      return { byModel: { ...byModel, [model]: { ...bench, isTouched: true, values: { ...bench.values, [name]: value } } } };
    });
  },
}));

/** What lies on a bench now. */
export const benchOf = (model: string): Bench => useBenches.getState().byModel[model] ?? EMPTY;

/** Put something else on a bench. What a person had laid there can be taken back. */
export function replace(model: string, changes: Partial<Bench>): void {
  const before = benchOf(model);
  useBenches.getState().change(model, { isTouched: true, ...changes });
  if (!before.isTouched && !Object.keys(before.options).length) return;
  const undo = () => { useBenches.getState().change(model, before); };
  useToasts.getState().say({ text: "Other inputs are on the bench now", undo });
}
