import { X } from "lucide-react";
import type { ReactNode } from "react";
import { useId, useLayoutEffect, useRef } from "react";
import { IconButton } from "./button";
import styles from "./pieces.module.css";

interface DialogProps {
  title: string;
  onClose: () => void;
  isWide?: boolean;
  /** Without a head of its own: the content names itself. */
  isBare?: boolean;
  actions?: ReactNode;
  children: ReactNode;
}

/** A window over the page, the browser's own: it keeps the focus inside, and Escape closes it. */
export function Dialog({ title, onClose, isWide, isBare, actions, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useLayoutEffect(() => {
    const element = dialog.current; // its end comes while it still stands: it gives the focus back
    if (element && !element.open) element.showModal();
    element?.querySelector<HTMLElement>("[data-first]")?.focus(); // else the browser takes the first, which closes it
    return () => {
      element?.close();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      className={styles.dialog}
      data-wide={isWide ? "" : undefined}
      aria-labelledby={isBare ? undefined : id}
      aria-label={isBare ? title : undefined}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === dialog.current) onClose();
      }}
    >
      {isBare ? (
        children
      ) : (
        <>
          <header className={styles.dialogHead}>
            <h2 id={id}>{title}</h2>
            <div className={styles.row}>
              {actions}
              <IconButton label="Close" onClick={onClose}><X /></IconButton>
            </div>
          </header>
          <div className={styles.dialogBody} tabIndex={0}>{children}</div>
        </>
      )}
    </dialog>
  );
}
