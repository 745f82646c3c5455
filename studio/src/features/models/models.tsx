import { useQuery } from "@tanstack/react-query";
import { Boxes, Search } from "lucide-react";
import { useDeferredValue, useEffect, useState } from "react";
import { Link } from "wouter";
import { api, previewUrl, thumbnailUrl } from "@/api/client";
import type { ModelSummary } from "@/api/types";
import { TextInput } from "@/ui/controls";
import { RoomProblem } from "@/features/connection/room-problem";
import { pictureOf } from "@/features/jobs/shown";
import { Empty } from "@/ui/empty";
import styles from "./models.module.css";

/** Every word occurs somewhere in what is said of the model. */
export function matches(model: ModelSummary, search: string): boolean {
  const text = `${model.name} ${model.title} ${model.description} ${model.category}`.toLowerCase();
  return search.toLowerCase().split(/\s+/).every((word) => text.includes(word));
}

/** The directory of models. */
export default function ModelsRoom() {
  const { data, error, isPending } = useQuery({ queryKey: ["models"], queryFn: api.models });
  const [search, setSearch] = useState("");
  const wanted = useDeferredValue(search);
  useEffect(() => {
    document.title = "Models · Gesso";
  }, []);
  const found = (data ?? []).filter((model) => matches(model, wanted));
  return (
    <div className={styles.page}>
      <header className={styles.head}>
        <h1>Models</h1>
        {(data?.length ?? 0) > 3 && (
          <label className={styles.search}>
            <Search aria-hidden="true" />
            <TextInput type="search" aria-label="Search models" placeholder="Search models" value={search} onChange={(event) => { setSearch(event.target.value); }} />
          </label>
        )}
      </header>
      {error && !data && <RoomProblem error={error} />}
      {isPending && (
        <ul className={styles.grid} aria-label="Loading">
          {[0, 1, 2].map((one) => <li key={one} className={styles.ghost} />)}
        </ul>
      )}
      {data?.length === 0 && (
        <Empty icon={<Boxes aria-hidden="true" />} title="No models yet">
          Put one on the list with <code>gesso add ./folder</code>, or start your own with <code>gesso init</code>.
        </Empty>
      )}
      {data && data.length > 0 && found.length === 0 && <Empty title="Nothing found">No model has “{wanted}” in its name or description.</Empty>}
      <ul className={styles.grid}>
        {found.map((model) => (
          <ModelCard key={model.name} model={model} />
        ))}
      </ul>
    </div>
  );
}

/** The last picture that was made with a model, for models that have no picture of their own. */
function useLastPicture(model: ModelSummary): string | null {
  const { data } = useQuery({ queryKey: ["jobs", { limit: 30 }], queryFn: () => api.jobs({ limit: 30 }) });
  const job = data?.jobs.find((one) => one.model === model.name && one.status === "succeeded");
  const file = job && pictureOf(job);
  return file ? thumbnailUrl(file.blob, 512) : null;
}

function ModelCard({ model }: { model: ModelSummary }) {
  const [isBroken, setBroken] = useState(false);
  const last = useLastPicture(model);
  const src = model.has_preview ? previewUrl(model.name) : last;
  const about = [model.category, model.licence].filter(Boolean);
  return (
    <li>
      <Link href={`/models/${encodeURIComponent(model.name)}`} className={styles.card} data-bad={model.problem ? "" : undefined}>
        <span className={styles.picture}>
          {src !== null && !isBroken ? (
            <img src={src} alt="" loading="lazy" decoding="async" onError={() => { setBroken(true); }} />
          ) : (
            <span className={styles.letter} aria-hidden="true">{(model.title || model.name).slice(0, 1)}</span>
          )}
        </span>
        <span className={styles.words}>
          <strong>{model.title || model.name}</strong>
          <span className={styles.description}>{model.problem ? model.problem.message : model.description}</span>
          {about.length > 0 && <span className={styles.tags}>{about.join(" · ")}</span>}
        </span>
      </Link>
    </li>
  );
}
