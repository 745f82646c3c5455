import { QueryClientProvider } from "@tanstack/react-query";
import { Suspense, lazy, useEffect, useMemo, useState } from "react";
import { Redirect, Route, Switch, useLocation } from "wouter";
import { queries } from "@/features/connection/queries";
import { ConnectionNote, useWatch } from "@/features/connection/watch";
import { JobsDrawer } from "@/features/jobs/drawer";
import ModelsRoom from "@/features/models/models";
import { applyLook, usePreferences } from "@/features/settings/preferences";
import { Empty } from "@/ui/empty";
import { Ring } from "@/ui/ring";
import { toolsOf } from "@/features/uploads/uploads";
import { ToastStack } from "@/ui/toasts";
import { ToolsContext } from "@/widgets/widget";
import styles from "./app.module.css";
import { Boundary } from "./boundary";
import { Rail } from "./rail";

const BenchRoom = lazy(() => import("@/features/bench/bench"));
const HistoryRoom = lazy(() => import("@/features/history/history"));
const SettingsRoom = lazy(() => import("@/features/settings/settings"));
const openPalette = () => import("@/features/palette/palette");
const Palette = lazy(openPalette);

const TOOLS = toolsOf(""); // a bench has its own

export function App() {
  const look = usePreferences((preferences) => preferences.look);
  useEffect(() => {
    applyLook(look);
  }, [look]);
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
    const timer = setTimeout(() => void openPalette(), 500); // so that no letter is lost when it is called
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
  const waiting = useMemo(() => <Empty icon={<Ring size={32} />} title="Loading" />, []);
  return (
    <div className={styles.house}>
      <a className={styles.skip} href="#room">To the content</a>
      <ConnectionNote />
      <div className={styles.rooms}>
        <Rail onPalette={() => { setPaletteOpen(true); }} />
        <div className={styles.main}>
          <main id="room" className={styles.room} tabIndex={-1}>
            <Boundary key={path.split("/").slice(0, 3).join("/")}>
            <Suspense fallback={waiting}>
              <Switch>
                <Route path="/models"><ModelsRoom /></Route>
                <Route path="/models/:name">{({ name }) => <BenchRoom name={decodeURIComponent(name)} />}</Route>
                <Route path="/history/:id?">{({ id }) => <HistoryRoom jobId={id} />}</Route>
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
