import { QueryClientProvider } from "@tanstack/react-query";
import { Suspense, lazy, useEffect, useMemo, useRef, useState } from "react";
import { Redirect, Route, Switch, useLocation } from "wouter";
import { api } from "@/api/client";
import { patiently } from "@/features/connection/patience";
import { queries } from "@/features/connection/queries";
import { ConnectionNote, useWatch } from "@/features/connection/watch";
import { JobsDrawer } from "@/features/jobs/drawer";
import ModelsRoom from "@/features/models/models";
import { applyLook, usePreferences } from "@/features/settings/preferences";
import { Empty } from "@/ui/empty";
import { Ring } from "@/ui/ring";
import { toolsOf } from "@/features/uploads/uploads";
import { ToastStack } from "@/ui/toasts";
import { useFocusKept } from "@/ui/use-focus-kept";
import { ToolsContext } from "@/widgets/widget";
import styles from "./app.module.css";
import { Boundary } from "./boundary";
import { Rail } from "./rail";

const LOADS = {
  bench: () => import("@/features/bench/bench"),
  history: () => import("@/features/history/history"),
  hosting: () => import("@/features/hosting/hosting"),
  training: () => import("@/features/training/training"),
  bots: () => import("@/features/bots/bots"),
  settings: () => import("@/features/settings/settings"),
  palette: () => import("@/features/palette/palette"),
};

/** Load a part of the studio; if the server is away just then, as soon as it is back. */
function later<Part>(load: () => Promise<Part>): () => Promise<Part> {
  const tried = () => load().catch(async (error: unknown) => {
    await api.health(); // which says so if it is away
    throw error;
  });
  return () => patiently(tried, new AbortController().signal);
}

const BenchRoom = lazy(later(LOADS.bench));
const HistoryRoom = lazy(later(LOADS.history));
const GuestRoom = lazy(later(() => import("@/features/guest/guest")));
const HostingRoom = lazy(later(LOADS.hosting));
const TrainingRoom = lazy(later(LOADS.training));
const BotsRoom = lazy(later(LOADS.bots));
const SettingsRoom = lazy(later(LOADS.settings));
const Palette = lazy(later(LOADS.palette));

const PRELOAD_MS = 500;
const TOOLS = toolsOf(""); // a bench has its own

export function App() {
  const look = usePreferences((preferences) => preferences.look);
  useEffect(() => {
    applyLook(look);
  }, [look]);
  const [path] = useLocation();
  const guest = /^\/m\/([^/]+)\/?$/.exec(path)?.[1];
  if (guest !== undefined) return <Suspense fallback={<Empty icon={<Ring size={32} />} title="Loading" />}><GuestRoom name={guest} /></Suspense>;
  return (
    <QueryClientProvider client={queries}>
      <ToolsContext value={TOOLS}>
        <House />
      </ToolsContext>
    </QueryClientProvider>
  );
}

function House() {
  useWatch();
  const [path] = useLocation();
  const [isPaletteOpen, setPaletteOpen] = useState(false);
  useEffect(() => {
    // Soon all parts are here: no letter is lost when the palette is called, and rooms open also without a server.
    const timer = setTimeout(() => { for (const load of Object.values(LOADS)) load().catch(() => undefined); }, PRELOAD_MS);
    return () => {
      clearTimeout(timer);
    };
  }, []);
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      setPaletteOpen((isOpen) => !isOpen);
    };
    // A file that is dropped beside the place for it must not take the page away.
    const stop = (event: DragEvent) => {
      event.preventDefault();
    };
    window.addEventListener("keydown", onKeyDown);
    window.addEventListener("dragover", stop);
    window.addEventListener("drop", stop);
    return () => {
      window.removeEventListener("keydown", onKeyDown);
      window.removeEventListener("dragover", stop);
      window.removeEventListener("drop", stop);
    };
  }, []);
  const room = useRef<HTMLElement>(null);
  useFocusKept(room, path);
  const waiting = useMemo(() => <Empty icon={<Ring size={32} />} title="Loading" />, []);
  return (
    <div className={styles.house}>
      <a className={styles.skip} href="#room">To the content</a>
      <ConnectionNote />
      <div className={styles.rooms}>
        <Rail onPalette={() => { setPaletteOpen(true); }} />
        <div className={styles.main}>
          <main ref={room} id="room" className={styles.room} tabIndex={-1}>
            <Boundary key={path.split("/").slice(0, 3).join("/")}>
            <Suspense fallback={waiting}>
              <Switch>
                <Route path="/models"><ModelsRoom /></Route>
                <Route path="/models/:name">{({ name }) => <BenchRoom name={decodeURIComponent(name)} />}</Route>
                <Route path="/history/:id?">{({ id }) => <HistoryRoom jobId={id} />}</Route>
                <Route path="/training/*?">{({ "*": place }) => <TrainingRoom place={place?.split("/")[0]} />}</Route>
                <Route path="/hosting/:name?">{({ name }) => <HostingRoom name={name} />}</Route>
                <Route path="/bots/:name?">{({ name }) => <BotsRoom name={name} />}</Route>
                <Route path="/settings"><SettingsRoom /></Route>
                <Route><Redirect to="/models" replace /></Route>
              </Switch>
            </Suspense>
            </Boundary>
          </main>
          <JobsDrawer />
        </div>
      </div>
      <ToastStack />
      <Suspense fallback={null}>{isPaletteOpen && <Palette onClose={() => { setPaletteOpen(false); }} />}</Suspense>
    </div>
  );
}
