import { act, renderHook } from "@testing-library/react";
import type { KeyboardEvent } from "react";
import { describe, expect, it } from "vitest";
import { useZoom } from "@/ui/use-zoom";
import type { Size } from "@/ui/zoom";

const press = (key: string, on: HTMLElement) => ({ key, target: on, currentTarget: on, preventDefault: () => undefined }) as unknown as KeyboardEvent;

describe("a picture that is not loaded yet", () => {
  it("is not zoomed, so that it fits when it comes", () => {
    const view = document.createElement("div");
    const place = { current: view };
    const { result, rerender } = renderHook(({ picture }) => useZoom(place, picture, true), { initialProps: { picture: null as Size | null } });
    act(() => {
      for (const key of ["+", "1", "-", "ArrowLeft"]) result.current.onKeyDown(press(key, view));
      result.current.scaleTo(2);
    });
    expect(result.current.isFitted).toBe(true);
    rerender({ picture: { width: 100, height: 50 } });
    expect(result.current.isFitted).toBe(true);
    act(() => { result.current.onKeyDown(press("+", view)); });
    expect(result.current.isFitted).toBe(false);
  });
});
