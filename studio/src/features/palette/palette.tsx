import { useQuery } from "@tanstack/react-query";
import { useEffect, useId, useRef, useState } from "react";
import { useLocation } from "wouter";
import { api } from "@/api/client";
import { calledAs, placeOf } from "@/features/jobs/shown";
import { usePreferences } from "@/features/settings/preferences";
import { ago } from "@/ui/amounts";
import { Dialog } from "@/ui/dialog";
import styles from "./palette.module.css";

interface Entry {
  id: string;
  kind: string;
  title: string;
  about?: string;
  act: () => void;
}

/** Every word occurs in the entry, in any order. */
const fits = (entry: Entry, search: string) =>
  search.toLowerCase().split(/\s+/).every((word) => `${entry.title} ${entry.kind} ${entry.about ?? ""}`.toLowerCase().includes(word));

const MOST = 40;

/** Reach everything by a few letters. */
export default function Palette({ onClose }: { onClose: () => void }) {
  const [, go] = useLocation();
  const set = usePreferences((preferences) => preferences.set);
  const models = useQuery({ queryKey: ["models"], queryFn: api.models });
  const jobs = useQuery({ queryKey: ["jobs", { limit: 30 }], queryFn: () => api.jobs({ limit: 30 }) });
  const [search, setSearch] = useState("");
  const [at, setAt] = useState(0);
  const list = useRef<HTMLUListElement>(null);
  const id = useId();
  const to = (path: string) => () => { go(path); };
  const entries: Entry[] = [
    ...(models.data ?? []).map((model) => ({ id: `model ${model.name}`, kind: "Model", title: model.title || model.name, about: model.description, act: to(`/models/${encodeURIComponent(model.name)}`) })),
    { id: "models", kind: "Room", title: "Models", act: to("/models") },
    { id: "history", kind: "Room", title: "History", act: to("/history") },
    { id: "training", kind: "Room", title: "Training", act: to("/training") },
    { id: "train", kind: "Do", title: "Train a model on a text", act: to("/training/new") },
    { id: "hosting", kind: "Room", title: "Hosting", act: to("/hosting") },
    { id: "bots", kind: "Room", title: "Bots", act: to("/bots") },
    { id: "bot", kind: "Do", title: "Make a bot", act: to("/bots?new") },
    { id: "settings", kind: "Room", title: "Settings", act: to("/settings") },
    { id: "jobs", kind: "Do", title: "Show the jobs", act: () => { set({ isDrawerOpen: true }); } },
    { id: "dark", kind: "Do", title: "Dark look", act: () => { set({ look: "dark" }); } },
    { id: "light", kind: "Do", title: "Light look", act: () => { set({ look: "light" }); } },
    { id: "system", kind: "Do", title: "Look as the system", act: () => { set({ look: "system" }); } },
    ...(jobs.data?.jobs ?? []).map((job) => ({ id: job.id, kind: "Job", title: calledAs(job), about: ago(job.created_at), act: to(placeOf(job)) })),
  ];
  const found = entries.filter((entry) => fits(entry, search)).slice(0, MOST);
  const chosen = Math.min(at, found.length - 1);
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  }, [chosen]);
  const take = (entry: Entry | undefined) => {
    if (!entry) return;
    onClose();
    entry.act();
  };
  return (
    <Dialog title="Find anything" isBare onClose={onClose}>
      <div className={styles.palette}>
        <input
          className={styles.search}
          role="combobox"
          aria-expanded="true"
          aria-controls={`${id}-list`}
          aria-activedescendant={found[chosen] ? `${id}-${String(chosen)}` : undefined}
          aria-label="Find a model, a room, a job"
          placeholder="Find a model, a room, a job"
          autoFocus
          value={search}
          onChange={(event) => {
            setSearch(event.target.value);
            setAt(0);
          }}
          onKeyDown={(event) => {
            if (event.key === "Enter") take(found[chosen]);
            else if (event.key === "ArrowDown") setAt((chosen + 1) % Math.max(1, found.length));
            else if (event.key === "ArrowUp") setAt((chosen - 1 + found.length) % Math.max(1, found.length));
            else return;
            event.preventDefault();
          }}
        />
        <ul ref={list} id={`${id}-list`} role="listbox" aria-label="Found" className={styles.list}>
          {found.map((entry, index) => (
            <li key={entry.id} id={`${id}-${String(index)}`} role="option" aria-selected={index === chosen} onPointerMove={() => { setAt(index); }} onClick={() => { take(entry); }}>
              <span>{entry.title}</span>
              <span className={styles.about}>{entry.about}</span>
              <span className={styles.kind}>{entry.kind}</span>
            </li>
          ))}
        </ul>
        {found.length === 0 && <p className={styles.none}>Nothing found</p>}
      </div>
    </Dialog>
  );
}
