/** What widgets work with where nothing is kept: a file goes along with the request, inside of it. */

import { size } from "@/ui/amounts";
import type { Tools } from "@/widgets/widget";

const MOST_BYTES = 60_000_000; // a request has at most 100 MB, and a file in it is a third larger

function asUri(file: File, onProgress: ((fraction: number) => void) | undefined): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onprogress = (event) => { onProgress?.(event.loaded / Math.max(1, event.total)); };
    reader.onload = () => { resolve(reader.result as string); };
    reader.onerror = () => { reject(new Error(`${file.name} cannot be read.`)); };
    reader.readAsDataURL(file);
  });
}

export const GUEST_TOOLS: Tools = {
  upload: (file, onProgress) => (file.size > MOST_BYTES ? Promise.reject(new Error(`${file.name} has ${size(file.size)}; at most ${size(MOST_BYTES)} are taken here.`)) : asUri(file, onProgress)),
  fetch: () => Promise.reject(new Error("Addresses are not fetched here. Download the picture, and choose the file.")),
  urlOf: (value) => (typeof value === "string" && /^(data|blob):/.test(value) ? value : undefined),
};
