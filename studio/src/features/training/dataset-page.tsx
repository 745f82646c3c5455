import { useQuery } from "@tanstack/react-query";
import { ArrowLeft, GraduationCap, Trash2 } from "lucide-react";
import { useEffect } from "react";
import { Link, useLocation } from "wouter";
import { api } from "@/api/client";
import type { Dataset } from "@/api/types";
import { queries } from "@/features/connection/queries";
import { RoomProblem } from "@/features/connection/room-problem";
import { sayProblem } from "@/features/jobs/say-problem";
import { ago, counted, size } from "@/ui/amounts";
import { Button } from "@/ui/button";
import { Empty } from "@/ui/empty";
import { Part } from "@/ui/page";
import { Ring } from "@/ui/ring";
import room from "@/ui/room.module.css";
import { useToasts } from "@/ui/toasts";
import { DatasetFacts, LengthsPart, PreviewPart } from "./dataset-view";
import styles from "./training.module.css";

/** Take a dataset from the list at once; for good when nobody has taken it back. */
function remove(dataset: Dataset): void {
  const without = (all: Dataset[] | undefined) => all?.filter(({ digest }) => digest !== dataset.digest);
  const fresh = () => { void queries.invalidateQueries({ queryKey: ["datasets"] }); };
  queries.setQueryData<Dataset[]>(["datasets"], without);
  useToasts.getState().say({
    text: `Deleted ${dataset.name}`,
    undo: fresh,
    settle: () => { void api.deleteDataset(dataset.digest, true).catch(sayProblem).finally(fresh); },
  });
}

/** One text: how much it is, what is in it, what was left out. */
export function DatasetPage({ name }: { name: string }) {
  const [, go] = useLocation();
  const found = useQuery({ queryKey: ["datasets"], queryFn: api.datasets });
  const dataset = found.data?.find((one) => one.name === name);
  useEffect(() => {
    document.title = `${name} · Gesso`;
  }, [name]);
  if (!dataset) {
    if (found.isPending) return <Empty icon={<Ring size={32} />} title="Loading" />;
    if (found.error) return <RoomProblem error={found.error} />;
    return <Empty title="There is no such text" actions={<Link href="/training"><Button>All trainings</Button></Link>}>Perhaps it was deleted.</Empty>;
  }
  const files = dataset.files;
  return (
    <section className={room.detail} aria-label={name}>
      <header className={room.detailHead}>
        <Link href="/training" className={room.back}><ArrowLeft aria-hidden="true" />Training</Link>
        <h2>{name}</h2>
        <div className={room.actions}>
          <Button look="main" icon={<GraduationCap />} onClick={() => { go(`/training/new?text=${encodeURIComponent(name)}`); }}>Train with it</Button>
        </div>
      </header>
      <DatasetFacts dataset={dataset} />
      <LengthsPart dataset={dataset} />
      <PreviewPart dataset={dataset} />
      <Part title="Where it is from">
        <details>
          <summary>{files.length === 1 ? files[0]?.name : counted(files.length, "file")}, {ago(dataset.created_at)}</summary>
          <ul className={styles.files}>
            {files.slice(0, 500).map((file) => <li key={file.name}><span>{file.name}</span><span className="soft">{size(file.size_bytes)}</span></li>)}
          </ul>
          <p className="soft">Saved as {Object.keys(dataset.encodings).join(", ")}. Version <code>{dataset.digest.slice(0, 12)}</code></p>
        </details>
      </Part>
      <Part title="Delete">
        <p className="soft">What was trained with it stays, and can still go on.</p>
        <Button icon={<Trash2 />} onClick={() => { remove(dataset); go("/training"); }}>Delete this text</Button>
      </Part>
    </section>
  );
}
