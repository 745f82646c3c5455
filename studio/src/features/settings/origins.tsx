import { useState } from "react";
import { Switch, TextInput } from "@/ui/controls";
import { Field } from "@/ui/field";
import type { ServerSettings } from "./use-settings";

const P5 = "https://editor.p5js.org";

/** Which pages of the web may use this Gesso. */
export function Origins({ settings }: { settings: ServerSettings }) {
  const [text, setText] = useState<string | null>(null);
  const origins = settings.data.allowed_origins;
  const change = (allowed_origins: string[]) => { settings.change({ allowed_origins }); };
  const isFixed = settings.isFixed("allowed_origins");
  const isOn = origins.includes(P5);
  const save = () => {
    if (text !== null) change(text.split(/[,\s]+/).filter(Boolean));
    setText(null);
  };
  const aside = isFixed ? (
    <span className="soft">{isOn ? "On" : "Off"}</span>
  ) : (
    <Switch id="p5" describedBy="p5-about" isOn={isOn} onChange={(value) => { change(value ? [...origins, P5] : origins.filter((one) => one !== P5)); }} />
  );
  return (
    <>
      <Field label="The p5.js editor may use this Gesso" htmlFor="p5" about="So that sketches on editor.p5js.org can call your models." aside={aside}>{null}</Field>
      <Field label="Pages that may use this Gesso" htmlFor="origins" wrong={settings.wrong("allowed_origins")} about={settings.about("allowed_origins", "Their addresses, between commas. Besides the studio, only these may.")}>
        <TextInput id="origins" aria-describedby="origins-about" disabled={isFixed} placeholder="https://example.org, http://localhost:*" value={text ?? origins.join(", ")} onChange={(event) => { setText(event.target.value); }} onBlur={save} onKeyDown={(event) => { if (event.key === "Enter") save(); }} />
      </Field>
    </>
  );
}
