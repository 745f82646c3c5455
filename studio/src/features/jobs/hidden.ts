/** Jobs that were deleted a moment ago and can still be taken back: nobody sees them. */

import { create } from "zustand";
import type { Job } from "@/api/types";

const useHidden = create<{ ids: ReadonlySet<string> }>(() => ({ ids: new Set() }));

export function hide(ids: ReadonlySet<string>, isHidden: boolean): void {
  useHidden.setState((before) => {
    const others = [...before.ids].filter((id) => !ids.has(id));
    return { ids: new Set(isHidden ? [...others, ...ids] : others) };
  });
}

/** Leave out of some jobs those that were deleted here a moment ago. */
export function useSeen(jobs: Job[]): Job[] {
  const ids = useHidden((hidden) => hidden.ids);
  return jobs.filter((job) => !ids.has(job.id));
}
