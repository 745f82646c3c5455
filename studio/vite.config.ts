/// <reference types="vitest/config" />
import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { fakeServer } from "./dev/fake-server.ts";

// For development against a real server: `gesso serve`, whose gate wants its own name in `Host` and `Origin`.
const server = process.env["GESSO_URL"] ?? "http://127.0.0.1:5142";

const proxy = { "/api": { target: server, ws: true, changeOrigin: true, headers: { origin: server } } };

export default defineConfig({
  // Paths from the root: the server gives index.html for each address of a room (/models/pose, /history, ...).
  base: "/",
  plugins: [react(), ...(process.env["GESSO_FAKE"] ? [fakeServer()] : [])],
  resolve: { alias: { "@": fileURLToPath(new URL("src", import.meta.url)) } },
  server: { host: "127.0.0.1", port: 5173, proxy: process.env["GESSO_FAKE"] ? {} : proxy },
  preview: { host: "127.0.0.1", proxy },
  build: { target: "es2022", sourcemap: false, assetsInlineLimit: 0, reportCompressedSize: true },
  test: { environment: "jsdom", globals: false, setupFiles: ["tests/setup.ts"], css: false, restoreMocks: true },
});
