import { api } from "@/api/client";
import type { Job } from "@/api/types";
import { queries } from "@/features/connection/queries";
import { useToasts } from "@/ui/toasts";
import { hide } from "./hidden";

/** Delete jobs: at once for the eye, for good when nobody has taken it back. */
export function remove(jobs: Job[]): void {
  const ids = new Set(jobs.map((job) => job.id));
  hide(ids, true);
  useToasts.getState().say({
    text: jobs.length === 1 ? "Deleted" : `${String(jobs.length)} deleted`,
    undo: () => {
      hide(ids, false);
      void queries.invalidateQueries({ queryKey: ["jobs"] });
    },
    settle: () => {
      void Promise.allSettled([...ids].map((id) => api.deleteJob(id, true))).then(() => {
        hide(ids, false);
        void queries.invalidateQueries({ queryKey: ["jobs"] });
      });
    },
  });
}
