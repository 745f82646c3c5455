import type { RefObject } from "react";
import { useEffect, useState } from "react";
import { isDisabled } from "@/ui/disabled";
import { waitFor } from "./pending";
import { useTools, wordsOf } from "./widget";

export interface Upload {
  /** 0..1 while a file is on its way, else null. */
  fraction: number | null;
  /** What went wrong with the last file. */
  wrong: string | null;
  /** The file on its way, to be seen at once. */
  url: string | null;
  /** `convert`: it is sent as another kind of file. */
  send: (file: File, convert?: (file: File) => Promise<File>) => void;
}

/** Send a file to the server and give what it keeps it as to `onChange`. */
export function useUpload(onChange: (value: unknown) => void): Upload {
  const tools = useTools();
  const [fraction, setFraction] = useState<number | null>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  const [url, setUrl] = useState<string | null>(null);
  useEffect(
    () => () => {
      if (url) URL.revokeObjectURL(url);
    },
    [url],
  );
  const send = async (file: File, convert?: (file: File) => Promise<File>) => {
    setWrong(null);
    setFraction(0);
    setUrl(URL.createObjectURL(file));
    try {
      onChange(await tools.upload(convert ? await converted(file, convert) : file, setFraction));
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") return; // a person stopped it
      setWrong(wordsOf(error));
    } finally {
      setFraction(null);
      setUrl(null);
    }
  };
  return { fraction, wrong, url, send: (file, convert) => { waitFor(send(file, convert)); } };
}

async function converted(file: File, convert: (file: File) => Promise<File>): Promise<File> {
  try {
    return await convert(file);
  } catch {
    throw new Error(`This browser cannot read ${file.name}. Save it as another kind, and choose that.`);
  }
}

/** Take files that are pasted anywhere in the window, unless another widget took them, or one writes a text. */
export function usePaste(place: RefObject<Element | null>, matches: (file: File) => boolean, onFile: (file: File) => void): void {
  useEffect(() => {
    const onPaste = (event: ClipboardEvent) => {
      const file = [...(event.clipboardData?.files ?? [])].find(matches);
      if (!file || event.defaultPrevented || isDisabled(place.current)) return;
      event.preventDefault();
      onFile(file);
    };
    window.addEventListener("paste", onPaste);
    return () => {
      window.removeEventListener("paste", onPaste);
    };
  });
}
