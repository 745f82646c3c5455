import { CircleAlert, CircleSlash, FileText } from "lucide-react";
import { useState } from "react";
import { thumbnailUrl } from "@/api/client";
import type { Job } from "@/api/types";
import { gist, pictureOf } from "@/features/jobs/shown";
import { Ring } from "@/ui/ring";
import { hasEnded } from "./job-cache";
import styles from "./jobs.module.css";

/** A job at a glance: its picture, its first words, or how it stands. */
export function JobPicture({ job, size }: { job: Job; size: 128 | 256 | 512 }) {
  const [isBroken, setBroken] = useState(false);
  const file = pictureOf(job);
  if (!hasEnded(job)) {
    return (
      <span className={styles.sign}>
        <Ring fraction={job.progress > 0 ? job.progress : null} size={24} />
      </span>
    );
  }
  if (job.status === "failed") return <span className={styles.sign} data-bad=""><CircleAlert aria-hidden="true" /></span>;
  if (job.status === "canceled") return <span className={styles.sign}><CircleSlash aria-hidden="true" /></span>;
  if (file && !isBroken) {
    return <img className={styles.picture} src={thumbnailUrl(file.blob, size)} alt="" loading="lazy" decoding="async" onError={() => { setBroken(true); }} />;
  }
  return <span className={styles.sign}>{gist(job) ? <span className={styles.gist}>{gist(job)}</span> : <FileText aria-hidden="true" />}</span>;
}
