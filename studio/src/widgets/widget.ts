/** What a widget is: for one data type, a control for inputs and a view for outputs, both made from a port. */

import type { ComponentType } from "react";
import { createContext, use } from "react";
import type { Port } from "@/api/types";

/** A value that the server keeps as a file, in the form that a job shows and takes. `blob` is its SHA-256. */
export interface FileValue {
  blob: string;
  name?: string;
  media_type?: string;
  size_bytes?: number;
}

/** What lies beside a value: the picture that points, boxes and masks are about. */
export interface Scene {
  picture?: string | undefined;
}

export interface InputProps {
  port: Port;
  /** In wire form, or a `FileValue`; undefined: nothing yet. */
  value: unknown;
  onChange: (value: unknown) => void;
  /** What is wrong with the value, to be said beside the control. */
  wrong: string | null;
  scene: Scene;
  id: string;
}

export interface OutputProps {
  port: Port;
  value: unknown;
  scene: Scene;
  /** Unfinished: it will still change. */
  isPreview?: boolean;
}

export interface Widget {
  /** "large" fills a pane, "row" stands with others in a column. */
  shape: (port: Port) => "large" | "row";
  Input: ComponentType<InputProps>;
  Output: ComponentType<OutputProps>;
  /** What is wrong with a value that is there, in words, or null. The server looks again, and has the last word. */
  check: (port: Port, value: unknown) => string | null;
}

/** What a widget needs of the world outside, so that it can be tried without a server. A file is kept, or a data URI. */
export interface Tools {
  upload: (file: File, onProgress?: (fraction: number) => void) => Promise<FileValue | string>;
  /** Have the server fetch what lies at an address. */
  fetch: (url: string) => Promise<FileValue>;
  urlOf: (value: unknown) => string | undefined;
}

const noServer = () => Promise.reject(new Error("There is no server here."));

export const ToolsContext = createContext<Tools>({
  upload: noServer,
  fetch: noServer,
  urlOf: () => undefined,
});

/** Under which name widgets keep things in this browser: that of the model, whose numbers mean nothing to another. */
export const ShelfContext = createContext("");

export const useTools = (): Tools => use(ToolsContext);

export function isFileValue(value: unknown): value is FileValue {
  return typeof value === "object" && value !== null && "blob" in value && typeof value.blob === "string";
}

/** A constraint word as a number, if the port has it. */
export function numberWord(port: Port, word: string): number | undefined {
  const value = port.constraints[word];
  return typeof value === "number" ? value : undefined;
}

export const titleOf = (port: Port): string => port.title || port.name;

/** Check a file, a picture, a sound: that it is one at all. */
export const checkStored =
  (what: string) =>
  (_port: Port, value: unknown): string | null =>
    isFileValue(value) || (typeof value === "string" && value.startsWith("data:")) ? null : `Give ${what}.`;

/** An error in words for whoever sees it: what went wrong, and what to do where that is known. */
export function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const hint = "problem" in error ? (error.problem as { hint?: string | null }).hint : undefined;
  return hint ? `${error.message} ${hint}` : error.message;
}
