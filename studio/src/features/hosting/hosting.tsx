import { useQuery } from "@tanstack/react-query";
import { Globe, Plus } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { Link, useLocation, useSearch } from "wouter";
import { api } from "@/api/client";
import { RoomProblem } from "@/features/connection/room-problem";
import { Button } from "@/ui/button";
import { Empty } from "@/ui/empty";
import { Ring } from "@/ui/ring";
import room from "@/ui/room.module.css";
import { useFocusKept } from "@/ui/use-focus-kept";
import { DeploymentPage } from "./deployment";
import { Today } from "./figures";
import styles from "./hosting.module.css";
import { HostDialog } from "./host-dialog";
import { StateWord } from "./state";

const LOOK_MS = 2000;

/** All models that have an address, and the one that is chosen. */
export default function HostingRoom({ name }: { name: string | undefined }) {
  const [, go] = useLocation();
  const wanted = new URLSearchParams(useSearch()).get("host");
  const [isHosting, setHosting] = useState(wanted !== null);
  const found = useQuery({ queryKey: ["deployments"], queryFn: api.deployments, refetchInterval: LOOK_MS });
  useEffect(() => {
    document.title = `${name ?? "Hosting"} · Gesso`;
  }, [name]);
  const all = found.data ?? [];
  const chosen = all.find((one) => one.name === name);
  const head = useRef<HTMLHeadingElement>(null);
  useFocusKept(head, `${name ?? ""} ${String(isHosting)}`);
  const host = <Button look="main" icon={<Plus />} onClick={() => { setHosting(true); }}>Host a model</Button>;
  return (
    <div className={room.page} data-chosen={chosen ? "" : undefined}>
      <div className={room.list}>
        <header className={room.head}>
          <h1 ref={head} tabIndex={-1}>Hosting</h1>
          {all.length > 0 && host}
        </header>
        {found.isPending && <Empty icon={<Ring size={32} />} title="Loading" />}
        {found.error && all.length === 0 && <RoomProblem error={found.error} />}
        {found.isSuccess && all.length === 0 && (
          <Empty icon={<Globe aria-hidden="true" />} title="No model has an address yet" actions={host}>
            A hosted model is a URL with a token. A sketch, a bot or a website can call it.
          </Empty>
        )}
        <ul className={room.rows}>
          {all.map((one) => (
            <li key={one.name}>
              <Link href={`/hosting/${one.name}`} className={room.row} aria-current={one.name === name ? "page" : undefined}>
                <strong>{one.name}</strong>
                <StateWord state={one.status.state} />
                <span className="soft">{one.releases.find(({ number }) => number === one.current)?.model}</span>
                <Today name={one.name} isPublic={one.is_public} />
              </Link>
            </li>
          ))}
        </ul>
        {all.length > 0 && <p className={`soft ${styles.since ?? ""}`}>Requests are those of the last 24 hours.</p>}
      </div>
      {chosen && <DeploymentPage key={chosen.name} deployment={chosen} />}
      {name !== undefined && found.isSuccess && !chosen && (
        <Empty title="There is no such deployment" actions={<Link href="/hosting"><Button>All deployments</Button></Link>}>Perhaps it was removed.</Empty>
      )}
      {isHosting && (
        <HostDialog
          model={wanted ?? ""}
          onClose={() => {
            setHosting(false);
            if (wanted !== null) go(name ? `/hosting/${name}` : "/hosting", { replace: true });
          }}
          onMade={(made) => {
            setHosting(false);
            void found.refetch().then(() => { go(`/hosting/${made.name}`); });
          }}
        />
      )}
    </div>
  );
}
