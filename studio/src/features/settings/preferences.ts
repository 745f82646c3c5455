import { create } from "zustand";
import { persist } from "zustand/middleware";

export type Look = "system" | "dark" | "light";

interface Preferences {
  look: Look;
  /** The part of the bench that the input has. */
  share: number;
  areOptionsOpen: boolean;
  /** Whether a quick model runs as one changes things. */
  isLive: boolean;
  isDrawerOpen: boolean;
  set: (changes: Partial<Omit<Preferences, "set">>) => void;
}

/** What this browser remembers. `public/look.js` reads the look before the first paint. */
export const usePreferences = create<Preferences>()(
  persist(
    (set) => ({
      look: "system",
      share: 0.5,
      areOptionsOpen: true,
      isLive: true,
      isDrawerOpen: false,
      set: (changes) => {
        set(changes);
      },
    }),
    { name: "gesso.preferences" },
  ),
);

/** Show the page in a look. */
export function applyLook(look: Look): void {
  if (look === "system") delete document.documentElement.dataset["look"];
  else document.documentElement.dataset["look"] = look;
}
