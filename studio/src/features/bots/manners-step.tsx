import { useState } from "react";
import type { Persona } from "@/api/types";
import { Slider, Switch, TextArea, TextInput } from "@/ui/controls";
import { Field } from "@/ui/field";
import styles from "./making.module.css";
import { NumberField, WordsField } from "./fields";

/** When it speaks, how much, what never, and what it says while its model wakes. */
export function MannersStep({ persona, onChange }: { persona: Persona; onChange: (persona: Persona) => void }) {
  const { speaking, limits, answers, posts } = persona;
  const speak = (change: Partial<typeof speaking>) => { onChange({ ...persona, speaking: { ...speaking, ...change } }); };
  const limit = (change: Partial<typeof limits>) => { onChange({ ...persona, limits: { ...limits, ...change } }); };
  const answer = (change: Partial<typeof answers>) => { onChange({ ...persona, answers: { ...answers, ...change } }); };
  const chance = Math.round(speaking.chance * 100);
  return (
    <div className={styles.groups}>
      <fieldset className={styles.group}>
        <legend>It answers</legend>
        <Field label="When somebody names it" htmlFor="on-mention" aside={<Switch id="on-mention" isOn={speaking.on_mention} onChange={(on_mention) => { speak({ on_mention }); }} />}>{null}</Field>
        <Field label="When somebody writes to it alone" htmlFor="on-direct" aside={<Switch id="on-direct" isOn={speaking.on_direct} onChange={(on_direct) => { speak({ on_direct }); }} />}>{null}</Field>
        <WordsField id="keywords" label="When one of these words occurs" about="Between commas. Empty: no word calls it." placeholder="fox, river" value={speaking.keywords} onChange={(keywords) => { speak({ keywords }); }} />
        <Field label="And otherwise, by chance" htmlFor="chance" aside={<span className="soft">{chance === 0 ? "never" : `${String(chance)} of 100 messages`}</span>}>
          <Slider id="chance" min={0} max={1} step={0.01} value={speaking.chance} aria-valuetext={`${String(chance)} of 100 messages`} onChange={(value) => { speak({ chance: value }); }} />
        </Field>
        <WordsField id="channels" label="Only in these channels" about="By name, between commas. Empty: wherever it is." placeholder="general, poetry" value={speaking.channels} onChange={(channels) => { speak({ channels }); }} />
      </fieldset>
      <fieldset className={styles.group}>
        <legend>What it never says</legend>
        <WordsField id="blocked" label="Blocked words" about="Between commas. It neither answers nor says them, whether large or small." value={persona.blocked} onChange={(blocked) => { onChange({ ...persona, blocked }); }} />
      </fieldset>
      <fieldset className={styles.group}>
        <legend>How much</legend>
        <NumberField id="per-channel" label="Answers a minute in one channel" value={limits.per_channel} min={1} max={600} onChange={(per_channel) => { limit({ per_channel }); }} />
        <NumberField id="per-person" label="Answers a minute to one person" value={limits.per_person} min={1} max={600} onChange={(per_person) => { limit({ per_person }); }} />
        <NumberField id="turns-bots" label="Answers to other bots in a row" about="Until a person speaks. It never answers itself." value={limits.turns_with_bots} min={0} max={20} onChange={(turns_with_bots) => { limit({ turns_with_bots }); }} />
      </fieldset>
      <fieldset className={styles.group}>
        <legend>While its model wakes</legend>
        <Field label="It says" htmlFor="waking" about="Empty: it only shows that it writes.">
          <TextInput id="waking" autoComplete="off" maxLength={1000} aria-describedby="waking-about" value={answers.waking} onChange={(event) => { answer({ waking: event.target.value }); }} />
        </Field>
        <NumberField id="waking-after" label="After so many seconds" isWhole={false} value={answers.waking_after_s} min={0} max={600} onChange={(waking_after_s) => { answer({ waking_after_s }); }} />
        <Field label="If the model fails, it says" htmlFor="failing" about="Empty: nothing. You see here what went wrong.">
          <TextInput id="failing" autoComplete="off" maxLength={1000} aria-describedby="failing-about" value={answers.failing} onChange={(event) => { answer({ failing: event.target.value }); }} />
        </Field>
      </fieldset>
      <fieldset className={styles.group}>
        <legend>By itself</legend>
        <Field label="It also speaks unasked" htmlFor="posts" aside={<Switch id="posts" isOn={posts.every_minutes !== 0} onChange={(isOn) => { onChange({ ...persona, posts: { ...posts, every_minutes: isOn ? 180 : 0 } }); }} />}>{null}</Field>
        {posts.every_minutes !== 0 && <ByItself posts={posts} onChange={(changed) => { onChange({ ...persona, posts: changed }); }} />}
      </fieldset>
    </div>
  );
}

function ByItself({ posts, onChange }: { posts: Persona["posts"]; onChange: (posts: Persona["posts"]) => void }) {
  const [text, setText] = useState(posts.prompts.join("\n"));
  return (
    <>
      <NumberField id="posts-every" label="Every so many minutes" isWhole={false} value={posts.every_minutes} min={1} max={100_000} onChange={(every_minutes) => { onChange({ ...posts, every_minutes }); }} />
      <Field label="Begun with" htmlFor="posts-prompts" about="One beginning a line, taken in turn. Empty: the model begins as it likes.">
        <TextArea
          id="posts-prompts"
          rows={3}
          aria-describedby="posts-prompts-about"
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            const prompts = event.target.value.split("\n").filter((line) => line.trim() !== "");
            onChange({ ...posts, prompts: prompts.length > 0 ? prompts : [""] });
          }}
        />
      </Field>
      <Field label="Where" htmlFor="posts-channel" about="The id of a channel, on Discord and Slack. X has none.">
        <TextInput id="posts-channel" autoComplete="off" spellCheck={false} aria-describedby="posts-channel-about" value={posts.channel} onChange={(event) => { onChange({ ...posts, channel: event.target.value }); }} />
      </Field>
    </>
  );
}
