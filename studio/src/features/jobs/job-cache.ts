/** Jobs as the studio knows them: from the server's lists, and live from its events. */

import type { UseQueryResult } from "@tanstack/react-query";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { api, listen } from "@/api/client";
import type { Job, JobEvent, JobPage } from "@/api/types";
import { queries } from "@/features/connection/queries";

export const ENDS = new Set<Job["status"]>(["succeeded", "failed", "canceled"]);
export const hasEnded = (job: Job): boolean => ENDS.has(job.status);

export const WORDS: Record<Job["status"], string> = {
  queued: "Waiting",
  starting: "Getting ready",
  processing: "Running",
  paused: "Paused",
  succeeded: "Done",
  failed: "Failed",
  canceled: "Canceled",
};

/** What a job does now, in a few words. */
export function doing(job: Job): string {
  if (job.status === "queued" && (job.queue_position ?? 0) > 1) return `Waiting, ${String((job.queue_position ?? 1) - 1)} before it`;
  if (!hasEnded(job) && job.progress_text) return job.progress_text;
  return WORDS[job.status];
}

/** What has come of a job before it is done: previews and parts, by the output's name. */
export interface Live {
  previews: Record<string, unknown>;
  parts: Record<string, unknown[]>;
}

const NOTHING: Live = { previews: {}, parts: {} };
const POLL_MS = 700;

function remember(job: Job): void {
  queries.setQueryData(["job", job.id], job);
  queries.setQueriesData<JobPage>({ queryKey: ["jobs"] }, (page) =>
    page && { ...page, jobs: page.jobs.map((one) => (one.id === job.id ? job : one)) },
  );
  if (hasEnded(job)) void queries.invalidateQueries({ queryKey: ["jobs"] });
}

function changed(id: string, changes: Partial<Job>): void {
  queries.setQueryData<Job>(["job", id], (job) => job && { ...job, ...changes });
}

/** A job as it stands, kept up to date while it runs; `live` is what has come of it so far. */
export function useJob(id: string | null): UseQueryResult<Job> & { live: Live } {
  const [live, setLive] = useState<{ id: string | null; so: Live }>({ id: null, so: NOTHING });
  const [isBroken, setBroken] = useState(false);
  const query = useQuery({
    queryKey: ["job", id],
    queryFn: () => api.job(id ?? ""),
    enabled: id !== null,
    refetchInterval: ({ state }) => (isBroken && state.data && !hasEnded(state.data) ? POLL_MS : false),
  });
  const isOver = query.data === undefined || hasEnded(query.data);
  const heard = useRef(NOTHING);
  useEffect(() => {
    if (id === null || isOver) return undefined;
    heard.current = NOTHING;
    const hear = (event: JobEvent) => {
      setBroken(false);
      if (event.type === "job") remember(event.job);
      else if (event.type === "progress") changed(id, { progress: event.fraction, progress_text: event.text });
      else if (event.type === "preview") heard.current = { ...heard.current, previews: { ...heard.current.previews, [event.preview.output]: event.preview.value } };
      else if (event.type === "part") heard.current = { ...heard.current, parts: { ...heard.current.parts, [event.output]: [...(heard.current.parts[event.output] ?? []), event.value] } };
      setLive({ id, so: heard.current });
    };
    return listen(id, hear, () => {
      setBroken(true);
      heard.current = NOTHING; // whoever comes back is told all of it again
    });
  }, [id, isOver]);
  return { ...query, live: live.id === id ? live.so : NOTHING };
}
