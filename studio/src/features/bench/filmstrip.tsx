import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { api } from "@/api/client";
import { JobPicture } from "@/features/jobs/job-picture";
import { useSeen } from "@/features/jobs/hidden";
import { WORDS } from "@/features/jobs/job-cache";
import { ago } from "@/ui/amounts";
import styles from "./bench.module.css";

/** What was made with the model, the newest first. */
export function Filmstrip({ model, chosen, onChoose }: { model: string; chosen: string | null; onChoose: (id: string) => void }) {
  const { data } = useQuery({ queryKey: ["jobs", { model, limit: 40 }], queryFn: () => api.jobs({ model, limit: 40 }) });
  const strip = useRef<HTMLUListElement>(null);
  useEffect(() => {
    strip.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [chosen]);
  const jobs = useSeen(data?.jobs ?? []);
  if (!jobs.length) return null;
  return (
    <ul ref={strip} className={styles.strip} aria-label="Made with this model">
      {jobs.map((job) => (
        <li key={job.id}>
          <button
            type="button"
            className={styles.frame}
            aria-current={job.id === chosen ? "true" : undefined}
            aria-label={`${WORDS[job.status]}, ${ago(job.created_at)}`}
            title={`${WORDS[job.status]}, ${ago(job.created_at)}`}
            onClick={() => {
              onChoose(job.id);
            }}
          >
            <JobPicture job={job} size={128} />
          </button>
        </li>
      ))}
    </ul>
  );
}
