import { Bot, Boxes, Globe, GraduationCap, History, Search, Settings } from "lucide-react";
import type { ReactNode } from "react";
import { Link, useLocation } from "wouter";
import styles from "./app.module.css";

// Only rooms that are there.
const ROOMS: { path: string; name: string; icon: ReactNode }[] = [
  { path: "/models", name: "Models", icon: <Boxes aria-hidden="true" /> },
  { path: "/history", name: "History", icon: <History aria-hidden="true" /> },
  { path: "/training", name: "Training", icon: <GraduationCap aria-hidden="true" /> },
  { path: "/hosting", name: "Hosting", icon: <Globe aria-hidden="true" /> },
  { path: "/bots", name: "Bots", icon: <Bot aria-hidden="true" /> },
  { path: "/settings", name: "Settings", icon: <Settings aria-hidden="true" /> },
];

/** The rail at the left edge: the rooms, and the way to everything. */
export function Rail({ onPalette }: { onPalette: () => void }) {
  const [path] = useLocation();
  return (
    <nav className={styles.rail} aria-label="Rooms">
      <Link href="/models" className={styles.mark} aria-label="Gesso">
        <img src="/gesso.svg" alt="" width="28" height="28" />
      </Link>
      {ROOMS.map((room) => (
        <Link key={room.path} href={room.path} className={styles.place} aria-current={path.startsWith(room.path) ? "page" : undefined}>
          {room.icon}
          {room.name}
        </Link>
      ))}
      <button type="button" className={styles.place} onClick={onPalette} title="Ctrl K or ⌘ K">
        <Search aria-hidden="true" />
        Find
      </button>
    </nav>
  );
}
