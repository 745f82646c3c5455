import { create } from "zustand";

interface Connection {
  state: "here" | "away" | "signed_out";
  lose: () => void;
  find: () => void;
  signOut: () => void;
}

/** Whether the server answers. */
export const useConnection = create<Connection>((set) => ({
  state: "here",
  lose: () => {
    set({ state: "away" });
  },
  find: () => {
    set({ state: "here" });
  },
  signOut: () => {
    set({ state: "signed_out" });
  },
}));
