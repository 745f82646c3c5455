import { useRef } from "react";
import type { Persona } from "@/api/types";
import { Select, TextArea, TextInput } from "@/ui/controls";
import { Field } from "@/ui/field";
import styles from "./making.module.css";
import { NumberField } from "./fields";
import { PLACEHOLDERS, exampleTalk, promptOf } from "./prompt";

const TEMPLATES = [
  { title: "The conversation, and its turn", template: "{conversation}\n{name}:" },
  { title: "The last message, and it goes on", template: "{message}" },
  { title: "A question and its answer", template: "Question: {message}\nAnswer:" },
  { title: "A scene, then the conversation", template: "It is late. {name} keeps the lighthouse, and has seen everything twice.\n\n{conversation}\n{name}:" },
];
const WORDS: Record<(typeof PLACEHOLDERS)[number], string> = {
  conversation: "what was said last",
  message: "the last message",
  author: "who wrote it",
  name: "its own name",
};

interface PersonaStepProps {
  persona: Persona;
  onChange: (persona: Persona) => void;
  /** How Gesso calls it, where that is still to be decided. */
  kept?: string;
}

/** Who it is: its name, what its model is sent, how much it remembers. What is sent can be seen beside it. */
export function PersonaStep({ persona, onChange, kept }: PersonaStepProps) {
  const area = useRef<HTMLTextAreaElement>(null);
  const { memory, answers } = persona;
  const put = (word: string) => {
    const { selectionStart, selectionEnd } = area.current ?? { selectionStart: persona.template.length, selectionEnd: persona.template.length };
    const at = selectionStart + word.length;
    onChange({ ...persona, template: persona.template.slice(0, selectionStart) + word + persona.template.slice(selectionEnd) });
    requestAnimationFrame(() => {
      area.current?.focus();
      area.current?.setSelectionRange(at, at);
    });
  };
  const isBlind = !/\{(conversation|message)\}/.test(persona.template);
  const known = TEMPLATES.findIndex(({ template }) => template === persona.template);
  return (
    <div className={styles.beside}>
      <div className={styles.step}>
        <Field label="Name" htmlFor="bot-name" about={kept && persona.name.trim() ? `What it is called in a conversation. Here it is kept as ${kept}.` : "What it is called in a conversation."}>
          <TextInput id="bot-name" data-first autoComplete="off" maxLength={80} aria-describedby="bot-name-about" placeholder="Fox" value={persona.name} onChange={(event) => { onChange({ ...persona, name: event.target.value }); }} />
        </Field>
        <Field
          label="What its model is sent"
          htmlFor="bot-template"
          about="The model goes on from here. Words in braces are filled in."
          wrong={isBlind ? "It needs {conversation} or {message}: else it does not know what was said." : null}
          aside={
            <Select aria-label="Begin with" className={styles.templates ?? ""} value={known} onChange={(event) => { onChange({ ...persona, template: TEMPLATES[Number(event.target.value)]?.template ?? persona.template }); }}>
              {known < 0 && <option value={-1}>Your own</option>}
              {TEMPLATES.map(({ title }, index) => <option key={title} value={index}>{title}</option>)}
            </Select>
          }
        >
          <TextArea id="bot-template" ref={area} rows={5} className={styles.template ?? ""} spellCheck={false} maxLength={20_000} aria-describedby="bot-template-about" aria-invalid={isBlind} value={persona.template} onChange={(event) => { onChange({ ...persona, template: event.target.value }); }} />
          <div className={styles.chips}>
            {PLACEHOLDERS.map((word) => (
              <button key={word} type="button" className={styles.chip} title={`Put in ${WORDS[word]}`} onClick={() => { put(`{${word}}`); }}>
                {`{${word}}`}
              </button>
            ))}
          </div>
        </Field>
      </div>
      <Preview persona={persona} />
      <div className={styles.step}>
        <NumberField id="bot-messages" label="Messages it remembers" about="The last ones of each channel." value={memory.messages} min={0} max={200} onChange={(messages) => { onChange({ ...persona, memory: { ...memory, messages } }); }} />
        <NumberField id="bot-minutes" label="Minutes until it forgets" about="When nobody has spoken for so long, a talk begins anew." isWhole={false} value={memory.minutes} min={0} max={100_000} onChange={(minutes) => { onChange({ ...persona, memory: { ...memory, minutes } }); }} />
        <NumberField id="bot-characters" label="Characters of an answer" about="At most, up to the end of a sentence." value={answers.characters} min={1} max={20_000} onChange={(characters) => { onChange({ ...persona, answers: { ...answers, characters } }); }} />
      </div>
    </div>
  );
}

function Preview({ persona }: { persona: Persona }) {
  const pieces = promptOf(persona, exampleTalk(persona.name.trim() || "…"));
  return (
    <figure className={styles.preview} aria-label="What the model is sent">
      <figcaption>What the model is sent, for example</figcaption>
      <pre tabIndex={0} aria-label="Prompt">
        {pieces.map(({ text, from }, index) => (from === null ? <span key={index}>{text}</span> : <mark key={index} title={`{${from}}`}>{text}</mark>))}
        <span className={styles.caret} aria-hidden="true" />
      </pre>
      <p className="soft">From the caret on, the model writes. Only its own turn is said.</p>
    </figure>
  );
}
