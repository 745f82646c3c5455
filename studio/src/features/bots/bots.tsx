import { useQuery } from "@tanstack/react-query";
import { Bot as BotIcon, Plus } from "lucide-react";
import { useEffect } from "react";
import { Link, useLocation, useSearch } from "wouter";
import { bots } from "@/api/bots";
import { RoomProblem } from "@/features/connection/room-problem";
import { Button } from "@/ui/button";
import { Empty } from "@/ui/empty";
import { Ring } from "@/ui/ring";
import room from "@/ui/room.module.css";
import { BotPage } from "./bot";
import { NewBot } from "./new-bot";
import { titleOf } from "./networks";
import { BotState } from "./state";

const BUSY_MS = 2000;
const CALM_MS = 10_000; // a look at the keys may ask the system's keyring each time

/** All bots, and the one that is chosen, or made. */
export default function BotsRoom({ name }: { name: string | undefined }) {
  const [, go] = useLocation();
  const isNew = new URLSearchParams(useSearch()).has("new");
  const found = useQuery({ queryKey: ["bots"], queryFn: bots.all, refetchInterval: ({ state }) => (state.data?.some((one) => one.status.state !== "off") ? BUSY_MS : CALM_MS) });
  useEffect(() => {
    document.title = `${isNew ? "A new bot" : (name ?? "Bots")} · Gesso`;
  }, [name, isNew]);
  const all = found.data ?? [];
  const chosen = all.find((one) => one.name === name);
  const isMissing = name !== undefined && found.isSuccess && !chosen;
  const make = <Button look="main" icon={<Plus />} onClick={() => { go("/bots?new"); }}>Make a bot</Button>;
  return (
    <div className={room.page} data-chosen={chosen || isMissing ? "" : undefined} data-alone={isNew && found.isSuccess ? "" : undefined}>
      <div className={room.list}>
        <header className={room.head}>
          <h1>Bots</h1>
          {all.length > 0 && !isNew && make}
        </header>
        {found.isPending && <Empty icon={<Ring size={32} />} title="Loading" />}
        {found.error && all.length === 0 && <RoomProblem error={found.error} />}
        {found.isSuccess && all.length === 0 && !isNew && (
          <Empty icon={<BotIcon aria-hidden="true" />} title="No bot yet" actions={make}>
            A bot speaks through a text model of yours: first with you, then on Discord, Slack or X.
          </Empty>
        )}
        <ul className={room.rows}>
          {all.map((one) => (
            <li key={one.name}>
              <Link href={`/bots/${one.name}`} className={room.row} aria-current={one.name === name ? "page" : undefined}>
                <strong>{one.persona.name}</strong>
                <BotState bot={one} />
                <span className="soft">{one.persona.model}</span>
                {one.network !== "rehearsal" && <span className="soft">{titleOf(one.network)}</span>}
              </Link>
            </li>
          ))}
        </ul>
      </div>
      {isNew && found.isSuccess && <NewBot taken={all.map((one) => one.name)} />}
      {chosen && !isNew && <BotPage key={chosen.name} bot={chosen} />}
      {isMissing && !isNew && <Empty title="There is no such bot" actions={<Link href="/bots"><Button>All bots</Button></Link>}>Perhaps it was removed.</Empty>}
    </div>
  );
}
