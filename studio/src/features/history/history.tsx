import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Columns2, History as Clock, Search, Trash2 } from "lucide-react";
import { useDeferredValue, useEffect, useState } from "react";
import { Link, useLocation } from "wouter";
import { api } from "@/api/client";
import type { Job, JobPage, Status } from "@/api/types";
import { CompareDialog } from "@/features/jobs/compare";
import { JobPicture } from "@/features/jobs/job-picture";
import { WORDS, hasEnded } from "@/features/jobs/job-cache";
import { calledAs, placeOf } from "@/features/jobs/shown";
import { remove } from "@/features/jobs/remove";
import { ago } from "@/ui/amounts";
import { Button } from "@/ui/button";
import { Select, TextInput } from "@/ui/controls";
import { RoomProblem } from "@/features/connection/room-problem";
import { Empty } from "@/ui/empty";
import { Ring } from "@/ui/ring";
import { useSeen } from "@/features/jobs/hidden";
import styles from "./history.module.css";
import { JobDialog } from "./job-dialog";

const PAGE = 60;

/** All that was made, the newest first. */
export default function HistoryRoom({ jobId }: { jobId?: string | undefined }) {
  const [, go] = useLocation();
  const [search, setSearch] = useState("");
  const [model, setModel] = useState("");
  const [status, setStatus] = useState<Status | "">("");
  const [chosen, setChosen] = useState<Job[]>([]);
  const [isComparing, setComparing] = useState(false);
  const words = { search: useDeferredValue(search), model, status };
  const models = useQuery({ queryKey: ["models"], queryFn: api.models });
  const pages = useInfiniteQuery({
    queryKey: ["history", words],
    queryFn: ({ pageParam, signal }) => api.jobs({ ...words, limit: PAGE, ...(pageParam ? { before: pageParam } : {}) }, signal),
    initialPageParam: "",
    getNextPageParam: (page: JobPage) => page.next_before,
    placeholderData: (before) => before,
  });
  const newest = useQuery({ queryKey: ["jobs", { limit: 30 }], queryFn: () => api.jobs({ limit: 30 }) });
  useEffect(() => {
    void pages.refetch(); // when something new was made, or has ended
  }, [newest.data]); // eslint-disable-line react-hooks/exhaustive-deps -- only then
  useEffect(() => {
    document.title = "History · Gesso";
  }, []);
  const jobs = useSeen((pages.data?.pages ?? []).flatMap((page) => page.jobs));
  const isNarrowed = search !== "" || model !== "" || status !== "";
  const choose = (job: Job) => {
    setChosen((before) => (before.some((one) => one.id === job.id) ? before.filter((one) => one.id !== job.id) : [...before, job]));
  };
  return (
    <div className={styles.page}>
      <header className={styles.head}>
        <h1>History</h1>
        <div className={styles.filters}>
          <label className={styles.search}>
            <Search aria-hidden="true" />
            <TextInput type="search" aria-label="Search history" placeholder="Search" value={search} onChange={(event) => { setSearch(event.target.value); }} />
          </label>
          <Select aria-label="Model" value={model} onChange={(event) => { setModel(event.target.value); }}>
            <option value="">All models</option>
            {models.data?.map((one) => <option key={one.name} value={one.name}>{one.title || one.name}</option>)}
          </Select>
          <Select aria-label="Status" value={status} onChange={(event) => { setStatus(event.target.value as Status | ""); }}>
            <option value="">Any status</option>
            {(["succeeded", "failed", "canceled", "processing", "queued"] as const).map((one) => <option key={one} value={one}>{WORDS[one]}</option>)}
          </Select>
        </div>
      </header>
      {pages.error && jobs.length === 0 && <RoomProblem error={pages.error} />}
      {pages.isPending && <Empty icon={<Ring size={32} />} title="Loading" />}
      {pages.isSuccess && jobs.length === 0 && (
        <Empty icon={<Clock aria-hidden="true" />} title={isNarrowed ? "Nothing found" : "Nothing made yet"} actions={!isNarrowed && <Link href="/models"><Button look="main">Choose a model</Button></Link>}>
          {isNarrowed ? "Try other words, or fewer." : "What you make is kept here, each with its recipe."}
        </Empty>
      )}
      <ul className={styles.grid}>
        {jobs.map((job) => {
          const isChosen = chosen.some((one) => one.id === job.id);
          return (
            <li key={job.id} className={styles.card} data-chosen={isChosen ? "" : undefined}>
              <Link href={placeOf(job)} className={styles.open}>
                <span className={styles.picture} aria-hidden="true"><JobPicture job={job} size={256} /></span>
                <span className={styles.line}>
                  <strong>{calledAs(job)}</strong>
                  <span className="unseen">{WORDS[job.status]}</span>
                  <span className="soft">{ago(job.created_at)}</span>
                </span>
              </Link>
              {hasEnded(job) && (
                <label className={styles.tick}>
                  <input type="checkbox" checked={isChosen} aria-label={`Choose ${calledAs(job)}, ${ago(job.created_at)}`} onChange={() => { choose(job); }} />
                </label>
              )}
            </li>
          );
        })}
      </ul>
      {pages.hasNextPage && (
        <div className={styles.more}>
          <Button disabled={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>Show older</Button>
        </div>
      )}
      {chosen.length > 0 && (
        <div className={styles.chosen} role="toolbar" aria-label="Chosen">
          <strong>{chosen.length} chosen</strong>
          <Button icon={<Columns2 />} disabled={chosen.length !== 2} title={chosen.length === 2 ? undefined : "Choose two to compare them"} onClick={() => { setComparing(true); }}>Compare</Button>
          <Button icon={<Trash2 />} onClick={() => { remove(chosen); setChosen([]); }}>Delete</Button>
          <Button look="quiet" onClick={() => { setChosen([]); }}>Cancel</Button>
        </div>
      )}
      {isComparing && chosen[0] && chosen[1] && <CompareDialog one={chosen[0]} other={chosen[1]} onClose={() => { setComparing(false); }} />}
      {jobId && <JobDialog id={jobId} onClose={() => { go("/history"); }} />}
    </div>
  );
}
