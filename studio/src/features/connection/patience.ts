import { AwayError } from "@/api/client";
import { useConnection } from "./connection";

function back(signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = () => {
      forget();
      signal.removeEventListener("abort", stop);
    };
    const forget = useConnection.subscribe(({ state }) => {
      if (state !== "here") return;
      end();
      resolve();
    });
    const stop = () => {
      end();
      reject(new DOMException("It was canceled.", "AbortError"));
    };
    signal.addEventListener("abort", stop);
  });
}

/** Ask the server for something that may be asked twice; if it is away, ask again as soon as it is back. */
export async function patiently<T>(ask: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof AwayError) || signal.aborted) throw error;
      useConnection.getState().lose();
      await back(signal);
    }
  }
}
