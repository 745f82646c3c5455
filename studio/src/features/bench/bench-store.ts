import { create } from "zustand";

/** What lies on a model's bench. It stays while one looks at other rooms. */
export interface Bench {
  values: Record<string, unknown>;
  /** As typed; empty: drawn anew for each run. */
  seed: string;
  /** The job whose result is shown. */
  jobId: string | null;
  command: string | null;
  /** Whether somebody has put something there: then no sample comes over it. */
  isTouched: boolean;
}

interface Benches {
  byModel: Record<string, Bench>;
  change: (model: string, changes: Partial<Bench>) => void;
  setValue: (model: string, name: string, value: unknown) => void;
}

export const EMPTY: Bench = { values: {}, seed: "", jobId: null, command: null, isTouched: false };

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
