import type { RefObject } from "react";
import { useEffect, useRef } from "react";

/** Whenever `when` has changed and what had the focus is gone with it, the focus goes here, instead of to the top of the page. */
export function useFocusKept(place: RefObject<HTMLElement | null>, when: unknown): void {
  const before = useRef(when);
  useEffect(() => {
    if (before.current === when) return; // the page has just come: nobody has lost anything
    before.current = when;
    const now = document.activeElement;
    if (now === null || now === document.body) place.current?.focus();
  }, [place, when]);
}
