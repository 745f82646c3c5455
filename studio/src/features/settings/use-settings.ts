import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, problemOf } from "@/api/client";
import type { Settings, SettingsChange } from "@/api/types";
import { queries } from "@/features/connection/queries";

export type Name = keyof SettingsChange;

export interface ServerSettings {
  data: Settings;
  change: (changes: SettingsChange) => void;
  /** What was wrong with the last change of a setting, in words. */
  wrong: (name: Name) => string | null;
  isFixed: (name: Name) => boolean;
  /** What a setting is about, and what keeps it from being changed here. */
  about: (name: Name, words: string) => string;
}

/** The settings of the server; undefined as long as it has not said them. */
export function useSettings(): { settings: ServerSettings | undefined; error: Error | null } {
  const { data, error } = useQuery({ queryKey: ["settings"], queryFn: api.settings });
  const [refused, setRefused] = useState<{ names: string[]; words: string } | null>(null);
  if (!data) return { settings: undefined, error };
  const change = async (changes: SettingsChange) => {
    setRefused(null);
    queries.setQueryData(["settings"], { ...data, ...changes }); // seen at once
    try {
      queries.setQueryData(["settings"], await api.changeSettings(changes));
    } catch (problem) {
      queries.setQueryData(["settings"], data);
      const { message, hint } = problemOf(problem);
      setRefused({ names: Object.keys(changes), words: `${message} ${hint}`.trim() });
    }
  };
  const isFixed = (name: Name) => data.fixed.includes(name);
  const settings: ServerSettings = {
    data,
    change: (changes) => void change(changes),
    wrong: (name) => (refused?.names.includes(name) ? refused.words : null),
    isFixed,
    about: (name, words) =>
      isFixed(name) ? `${words} The environment variable GESSO_${name.toUpperCase()} says it, so it cannot be changed here.` : words,
  };
  return { settings, error };
}
