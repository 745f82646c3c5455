/** Each widget in each state, for looking at: `npm run dev`, then /dev/gallery.html. `?only=mask,image` shows some. */
import "@fontsource-variable/inter";
import "@/ui/tokens.css";
import "@/ui/base.css";
import { StrictMode, useState } from "react";
import { createRoot } from "react-dom/client";
import { ToastStack } from "@/ui/toasts";
import { names, widgetOf } from "@/widgets/catalogue";
import type { Tools } from "@/widgets/widget";
import { ToolsContext } from "@/widgets/widget";
import { CASES } from "../tests/ports";

const PICTURE = `data:image/svg+xml,${encodeURIComponent('<svg xmlns="http://www.w3.org/2000/svg" width="640" height="480"><rect width="640" height="480" fill="#9ab"/><circle cx="320" cy="240" r="150" fill="#c85"/></svg>')}`;
const STATES = ["empty", "filled", "wrong", "disabled", "output"] as const;

const refuse = () => Promise.reject(new Error("There is no server here."));
const tools: Tools = { upload: refuse, fetch: refuse, urlOf: (value) => (value === undefined || value === null ? undefined : PICTURE) };

function State({ type, state }: { type: string; state: (typeof STATES)[number] }) {
  const { port, sample } = CASES[type]!;
  const [value, setValue] = useState(state === "empty" ? undefined : sample);
  const { Input, Output, shape } = widgetOf(type);
  const scene = { picture: PICTURE };
  return (
    <section data-state={state} style={{ minWidth: 0 }}>
      <h3>{type}, {state}</h3>
      <fieldset disabled={state === "disabled"} style={{ height: shape(port) === "large" ? 380 : "auto", background: shape(port) === "large" ? "var(--ground)" : undefined }}>
        {state === "output" ? <Output port={port} value={sample} scene={scene} /> : <Input id={`${type}-${state}`} port={port} value={value} onChange={setValue} wrong={state === "wrong" ? "Expected something else, but got this. Do it so." : null} scene={scene} />}
      </fieldset>
    </section>
  );
}

const only = new URLSearchParams(location.search).get("only")?.split(",");

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <ToolsContext value={tools}>
      <main style={{ height: "100dvh", overflow: "auto", padding: 16, display: "grid", alignContent: "start", gridTemplateColumns: "repeat(auto-fill, minmax(min(100%, 328px), 1fr))", gap: 16 }}>
        <h1 style={{ gridColumn: "1 / -1" }}>Widgets</h1>
        {names().filter((type) => !only || only.includes(type)).flatMap((type) => STATES.map((state) => <State key={`${type} ${state}`} type={type} state={state} />))}
      </main>
      <ToastStack />
    </ToolsContext>
  </StrictMode>,
);
