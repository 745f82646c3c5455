import { cleanup } from "@testing-library/react";
import { afterEach, vi } from "vitest";

afterEach(cleanup);

// What jsdom does not have: sizes of things, windows over the page, pixels, addresses of blobs, films.
vi.stubGlobal(
  "ResizeObserver",
  class {
    observe = () => undefined;
    disconnect = () => undefined;
  },
);
HTMLDialogElement.prototype.showModal = function showModal() {
  this.open = true;
};
HTMLDialogElement.prototype.close = function close() {
  this.open = false;
};
HTMLMediaElement.prototype.play = () => Promise.resolve();
HTMLMediaElement.prototype.pause = () => undefined;
HTMLMediaElement.prototype.load = () => undefined;
HTMLCanvasElement.prototype.getContext = () => null;
Element.prototype.setPointerCapture = () => undefined;
Element.prototype.hasPointerCapture = () => true;
Element.prototype.scrollIntoView = () => undefined;
URL.createObjectURL = () => "blob:made";
URL.revokeObjectURL = () => undefined;
vi.stubGlobal("CSS", { escape: (text: string) => text.replace(/["\\:]/g, "\\$&") });
