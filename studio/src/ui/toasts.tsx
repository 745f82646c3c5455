import { useEffect } from "react";
import { create } from "zustand";
import { Button } from "./button";
import styles from "./pieces.module.css";

interface Toast {
  id: number;
  text: string;
  /** What takes it back, if it can be. */
  undo?: () => void;
  /** What happens when it goes without having been taken back. */
  settle?: () => void;
}

interface Toasts {
  shown: Toast[];
  say: (toast: Omit<Toast, "id">) => void;
  drop: (id: number, isUndone: boolean) => void;
}

let next = 1;

export const useToasts = create<Toasts>((set, get) => ({
  shown: [],
  say: (toast) => {
    set({ shown: [...get().shown, { ...toast, id: next++ }] });
  },
  drop: (id, isUndone) => {
    const toast = get().shown.find((one) => one.id === id);
    if (!toast) return;
    set({ shown: get().shown.filter((one) => one.id !== id) });
    if (isUndone) toast.undo?.();
    else toast.settle?.();
  },
}));

const SHOWN_MS = 7000;

/** Short words about what was just done, with an undo where there is one. */
export function ToastStack() {
  const shown = useToasts((state) => state.shown);
  useEffect(() => {
    const settleAll = () => {
      for (const toast of useToasts.getState().shown) toast.settle?.();
    };
    window.addEventListener("pagehide", settleAll);
    return () => {
      window.removeEventListener("pagehide", settleAll);
    };
  }, []);
  return (
    <div className={styles.toasts} role="status">
      {shown.map((toast) => (
        <OneToast key={toast.id} toast={toast} />
      ))}
    </div>
  );
}

function OneToast({ toast }: { toast: Toast }) {
  const drop = useToasts((state) => state.drop);
  useEffect(() => {
    const timer = setTimeout(() => {
      drop(toast.id, false);
    }, SHOWN_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [toast.id, drop]);
  return (
    <div className={styles.toast}>
      <span>{toast.text}</span>
      <Button
        onClick={() => {
          drop(toast.id, toast.undo !== undefined);
        }}
      >
        {toast.undo ? "Undo" : "Close"}
      </Button>
    </div>
  );
}
