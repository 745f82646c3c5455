import { useQuery } from "@tanstack/react-query";
import { ChevronDown, ChevronUp, ListVideo } from "lucide-react";
import { Link } from "wouter";
import { api } from "@/api/client";
import type { Job } from "@/api/types";
import { queries } from "@/features/connection/queries";
import { UploadRows, sent } from "@/features/uploads/upload-rows";
import { useLarge } from "@/features/uploads/uploads";
import { usePreferences } from "@/features/settings/preferences";
import { ago, duration } from "@/ui/amounts";
import { Button } from "@/ui/button";
import { Ring } from "@/ui/ring";
import { sayProblem } from "./say-problem";
import { WORDS, doing, hasEnded } from "./job-cache";
import { useSeen } from "./hidden";
import { JobPicture } from "./job-picture";
import styles from "./jobs.module.css";
import { calledAs, placeOf } from "./shown";

const CALM_MS = 8_000;
const BUSY_MS = 700;
const SHOWN = 30;

/** The bottom edge of the page: what runs now; opened, the last jobs with what can be done about them. */
export function JobsDrawer() {
  const { isDrawerOpen, set } = usePreferences();
  const { data } = useQuery({
    queryKey: ["jobs", { limit: SHOWN }],
    queryFn: () => api.jobs({ limit: SHOWN }),
    refetchInterval: ({ state }) => (state.data?.jobs.some((job) => !hasEnded(job)) ? BUSY_MS : CALM_MS),
  });
  const jobs = useSeen(data?.jobs ?? []);
  const active = jobs.filter((job) => !hasEnded(job));
  const files = useLarge();
  const [now] = active.filter((job) => job.status !== "queued").concat(active);
  const [file] = files;
  const words = now ? `${calledAs(now)}: ${doing(now)}${active.length > 1 ? `, ${String(active.length - 1)} more` : ""}` : file ? `${file.name}: ${sent(file)}` : lastOf(jobs);
  return (
    <section className={styles.drawer} aria-label="Jobs">
      <button type="button" className={styles.handle} aria-expanded={isDrawerOpen} onClick={() => { set({ isDrawerOpen: !isDrawerOpen }); }}>
        {now ? <Ring fraction={now.progress > 0 ? now.progress : null} size={16} /> : file ? <Ring fraction={file.fraction} size={16} /> : <ListVideo aria-hidden="true" />}
        <strong>Jobs</strong>
        <span className={styles.now}>
          {words}
        </span>
        <span className={styles.end}>{isDrawerOpen ? <ChevronDown aria-hidden="true" /> : <ChevronUp aria-hidden="true" />}</span>
      </button>
      {isDrawerOpen && files.length > 0 && <div className={styles.files}><UploadRows uploads={files} /></div>}
      {isDrawerOpen && (
        <ul className={styles.rows}>
          {jobs.length === 0 && <li className={styles.none}>No jobs yet. Run a model, and it stands here.</li>}
          {jobs.map((job) => <JobRow key={job.id} job={job} />)}
        </ul>
      )}
    </section>
  );
}

/** What there is to say when nothing runs. */
function lastOf([last]: Job[]): string {
  return last ? `Last: ${calledAs(last)}, ${WORDS[last.status].toLowerCase()} ${ago(last.created_at)}` : "Nothing runs";
}

function JobRow({ job }: { job: Job }) {
  const again = async (act: Promise<unknown>) => {
    await act.catch(sayProblem);
    await queries.invalidateQueries({ queryKey: ["jobs"] });
  };
  const time = hasEnded(job) ? job.metrics.total_s : null;
  return (
    <li className={styles.row}>
      <span className={styles.thumb}><JobPicture job={job} size={128} /></span>
      <Link className={styles.name} href={placeOf(job)}>{calledAs(job)}</Link>
      <span className={styles.what} data-bad={job.status === "failed" ? "" : undefined}>
        {job.status === "failed" ? job.error?.message : doing(job)}
        {typeof time === "number" && job.status === "succeeded" && ` in ${duration(time)}`}
      </span>
      <span className={styles.time}>{ago(job.created_at)}</span>
      {job.kind === "training" && hasEnded(job) ? (
        <span />
      ) : hasEnded(job) ? (
        <Button look="quiet" onClick={() => void again(api.retryJob(job.id))}>Run again</Button>
      ) : (
        <Button look="quiet" onClick={() => void again(api.cancelJob(job.id))}>Cancel</Button>
      )}
    </li>
  );
}
