import { useQueries, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import { api, problemOf } from "@/api/client";
import type { Persona } from "@/api/types";
import { Button } from "@/ui/button";
import { Segments, TextInput } from "@/ui/controls";
import { Empty, ProblemNote } from "@/ui/empty";
import { Field } from "@/ui/field";
import { Ring } from "@/ui/ring";
import styles from "./making.module.css";
import { isAddress } from "./draft";
import { isWriting } from "./writing";

interface ModelStepProps {
  persona: Persona;
  onChange: (persona: Persona) => void;
  /** Left out: the token is asked for elsewhere. */
  token?: string;
  onToken?: (token: string) => void;
}

/** Who writes: a model here that makes a text of a text, or one at a URL. */
export function ModelStep({ persona, onChange, token, onToken }: ModelStepProps) {
  const [isUrl, setUrl] = useState(isAddress(persona.model));
  const choose = (model: string) => { onChange({ ...persona, model, command: null, inputs: {} }); };
  return (
    <div className={styles.step}>
      <Segments
        isFit
        label="Where it is"
        value={isUrl}
        choices={[{ value: false, label: "A model here" }, { value: true, label: "A hosted URL" }]}
        onChange={(is) => {
          setUrl(is);
          choose("");
        }}
      />
      {isUrl ? (
        <>
          <Field label="Address" htmlFor="bot-url" about="Of a deployment, here or anywhere. It wakes when somebody speaks to the bot." wrong={persona.model && !isAddress(persona.model) ? "It begins with https://" : null}>
            <TextInput id="bot-url" type="url" inputMode="url" autoComplete="off" spellCheck={false} aria-describedby="bot-url-about" placeholder="https://gesso.example.org/m/my-poet" value={persona.model} onChange={(event) => { choose(event.target.value); }} />
          </Field>
          {onToken && (
            <Field label="Its token" htmlFor="bot-url-token" about="If it asks for one. It goes into the keyring of this computer, and is not shown again.">
              <TextInput id="bot-url-token" type="password" autoComplete="off" aria-describedby="bot-url-token-about" value={token} onChange={(event) => { onToken(event.target.value); }} />
            </Field>
          )}
        </>
      ) : (
        <Here chosen={persona.model} onChoose={choose} />
      )}
    </div>
  );
}

function Here({ chosen, onChoose }: { chosen: string; onChoose: (model: string) => void }) {
  const models = useQuery({ queryKey: ["models"], queryFn: api.models });
  const usable = (models.data ?? []).filter(({ problem }) => !problem);
  const pages = useQueries({ queries: usable.map((model) => ({ queryKey: ["model", model.name], queryFn: () => api.model(model.name) })) });
  const isLooking = models.isPending || pages.some((page) => page.isPending);
  const found = usable.filter((_, index) => {
    const page = pages[index]?.data;
    return page !== undefined && isWriting(page);
  });
  if (models.error) {
    const problem = problemOf(models.error);
    return <ProblemNote message={problem.message} hint={problem.hint} />;
  }
  return (
    <>
      {found.length > 0 && (
        <div role="radiogroup" aria-label="Model" className={styles.cards}>
          {found.map((model) => (
            <label key={model.name} className={styles.card}>
              <input type="radio" name="bot-model" checked={chosen === model.name} onChange={() => { onChoose(model.name); }} />
              <strong>{model.title || model.name}</strong>
              {(model.description || model.title !== model.name) && <span className="soft">{model.description || model.name}</span>}
            </label>
          ))}
        </div>
      )}
      {isLooking && <p className={`soft ${styles.looking ?? ""}`} role="status"><Ring size={16} />Looking for models that write</p>}
      {!isLooking && found.length === 0 && (
        <Empty title="No model here writes yet" actions={<Link href="/models"><Button>All models</Button></Link>}>
          A bot needs one that makes a text of a text. Train one on your own words, or take one at a URL.
        </Empty>
      )}
    </>
  );
}
