/** Find the widget of a data type. One file per type, named as in src/gesso/types; nothing else lists them. */

import type { Port } from "@/api/types";
import type { Widget } from "./widget";

const files = import.meta.glob<Widget>("./*.tsx", { eager: true, import: "widget" });

const byName = new Map(Object.entries(files).map(([path, widget]) => [path.slice(2, -4), widget]));

/** The names of all data types that have a widget, in alphabetical order. */
export const names = (): string[] => [...byName.keys()].sort();

/** The widget of a type; of one that this studio does not know yet, JSON's. */
export function widgetOf(type: string): Widget {
  const widget = byName.get(type) ?? byName.get("json");
  if (!widget) throw new Error("There are no widgets.");
  return widget;
}

/** What a control starts with: the default, or what is plainly nothing. */
export function emptyOf(port: Port): unknown {
  if (port.default !== null) return port.default;
  if (port.type === "text") return port.is_required ? "" : undefined;
  if (port.type === "boolean") return false;
  return undefined;
}

/** What is wrong with an input, in words, or null. */
export function wrongWith(port: Port, value: unknown): string | null {
  const isMissing = value === undefined || value === null;
  if (isMissing && !port.is_required) return null;
  if (isMissing && port.type === "category" && Array.isArray(port.constraints["choices"]) && port.constraints["choices"].includes(null) && value === null) return null;
  return widgetOf(port.type).check(port, isMissing ? undefined : value);
}
