import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { api } from "@/api/client";
import type { Job } from "@/api/types";
import { ago } from "@/ui/amounts";
import styles from "./filmstrip.module.css";
import { useSeen } from "./hidden";
import { WORDS } from "./job-cache";
import { JobPicture } from "./job-picture";
import { gist, pictureOf } from "./shown";

interface FilmstripProps {
  label: string;
  model: string;
  chosen: string | null;
  /** The job that is left out. */
  without?: string;
  onChoose: (job: Job) => void;
}

/** What was made with a model last, the newest first. */
export function useMade(model: string): Job[] {
  const { data } = useQuery({ queryKey: ["jobs", { model, limit: 40 }], queryFn: () => api.jobs({ model, limit: 40 }) });
  return useSeen(data?.jobs ?? []);
}

/** How a job stands; first what is to be read on it, for those who hear it. */
const nameOf = (job: Job): string => [job.status === "succeeded" && !pictureOf(job) ? gist(job) : "", `${WORDS[job.status]}, ${ago(job.created_at)}`].filter(Boolean).join(". ");

/** A strip of what was made with a model. */
export function Filmstrip({ label, model, chosen, without, onChoose }: FilmstripProps) {
  const strip = useRef<HTMLUListElement>(null);
  useEffect(() => {
    strip.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [chosen]);
  const jobs = useMade(model).filter(({ id }) => id !== without);
  if (!jobs.length) return null;
  return (
    <ul ref={strip} className={styles.strip} aria-label={label}>
      {jobs.map((job) => (
        <li key={job.id}>
          <button
            type="button"
            className={styles.frame}
            aria-current={job.id === chosen ? "true" : undefined}
            aria-label={nameOf(job)}
            title={`${WORDS[job.status]}, ${ago(job.created_at)}`}
            onClick={() => {
              onChoose(job);
            }}
          >
            <JobPicture job={job} size={128} />
          </button>
        </li>
      ))}
    </ul>
  );
}
