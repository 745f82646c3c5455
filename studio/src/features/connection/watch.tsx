import { KeyRound, Unplug } from "lucide-react";
import { useEffect } from "react";
import { api } from "@/api/client";
import { useConnection } from "./connection";
import styles from "./connection.module.css";
import { queries } from "./queries";

const CALM_MS = 5_000;
const EAGER_MS = 1_000;

/** Ask the server now and then whether it is there; when it is back, ask everything again. */
export function useWatch(): void {
  const state = useConnection((connection) => connection.state);
  useEffect(() => {
    const look = async () => {
      if (document.hidden && state === "here") return;
      try {
        await api.health(AbortSignal.timeout(4_000));
        if (state !== "away") return;
        useConnection.getState().find();
        void queries.invalidateQueries();
      } catch {
        useConnection.getState().lose();
      }
    };
    const timer = setInterval(() => void look(), state === "away" ? EAGER_MS : CALM_MS);
    return () => {
      clearInterval(timer);
    };
  }, [state]);
}

/** Words at the top of the page while the server is away or asks who you are. */
export function ConnectionNote() {
  const state = useConnection((connection) => connection.state);
  return (
    <div role="status">
      {state === "away" && (
        <p className={styles.note}>
          <Unplug aria-hidden="true" />
          <span>
            <strong>The server does not answer.</strong> Start it with <code>gesso studio</code>. What you have here stays, and goes on by itself.
          </span>
        </p>
      )}
      {state === "signed_out" && (
        <p className={styles.note}>
          <KeyRound aria-hidden="true" />
          <span>
            <strong>This Gesso asks who you are.</strong> Open the link that it printed when it started: it signs this browser in.
          </span>
        </p>
      )}
    </div>
  );
}
