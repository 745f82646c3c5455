import { useState } from "react";
import type { Bot, Persona } from "@/api/types";
import { queries } from "@/features/connection/queries";
import { counted } from "@/ui/amounts";
import { Button } from "@/ui/button";
import { Part } from "@/ui/page";
import styles from "./bot.module.css";
import { Change } from "./change";
import { isAddress } from "./draft";
import type { Step } from "./draft";
import { Keys, isLacking } from "./keys";
import { Guide, titleOf } from "./networks";

/** What a bot is, in a few words each, and the way to change it. */
export function About({ bot, onChanged }: { bot: Bot; onChanged: (bot: Bot) => void }) {
  const [changing, setChanging] = useState<Step | null>(null);
  const { persona, network } = bot;
  const change = (step: Step, label: string) => <Button look="quiet" aria-label={label} onClick={() => { setChanging(step); }}>Change</Button>;
  const isNew = isLacking(bot);
  const again = () => queries.invalidateQueries({ queryKey: ["bots"] });
  const where = (
    <Part title="Where it speaks" aside={change("Network", "Change where it speaks")}>
      {network === "rehearsal" ? <p className="soft">With you alone. Give it a network when it is ready.</p> : <p>{titleOf(network)}</p>}
      {bot.events_path && <p className="soft">Slack sends what happens to <code>{bot.events_path}</code> of your public address.</p>}
      {isNew && <p><strong>Before it can start</strong></p>}
      {network !== "rehearsal" && (isNew ? <Guide network={network} called={persona.name} bot={bot.name} isEvents={bot.connection.is_events} /> : (
        <details className={styles.again}>
          <summary>What to click at {titleOf(network)}</summary>
          <Guide network={network} called={persona.name} bot={bot.name} isEvents={bot.connection.is_events} />
        </details>
      ))}
      <Keys bot={bot} onChanged={again} />
    </Part>
  );
  return (
    <>
      {isNew && where}
      <Part title="Who writes" aside={change("Model", "Change who writes")}>
        <p className={styles.value}>{isAddress(persona.model) ? <code>{persona.model}</code> : persona.model}</p>
      </Part>
      <Part title="Who it is" aside={change("Persona", "Change who it is")}>
        <pre className={styles.small} tabIndex={0} aria-label="Prompt">{persona.template}</pre>
        <p className="soft">Remembers {counted(persona.memory.messages, "message")} of a channel. Answers with up to {counted(persona.answers.characters, "character")}.</p>
      </Part>
      <Part title="When it speaks" aside={change("Manners", "Change when it speaks")}>
        <ul className={styles.points}>{manners(persona).map((line) => <li key={line}>{line}</li>)}</ul>
      </Part>
      {!isNew && where}
      {changing && <Change bot={bot} step={changing} onClose={() => { setChanging(null); }} onChanged={onChanged} />}
    </>
  );
}

/** The manners of a persona, in words. */
function manners({ speaking, limits, blocked, posts }: Persona): string[] {
  const when = [speaking.on_mention && "when it is named", speaking.on_direct && "when one writes to it alone", speaking.keywords.length > 0 && `at ${speaking.keywords.join(", ")}`, speaking.chance > 0 && `by chance, ${String(Math.round(speaking.chance * 100))} of 100`].filter((word) => word !== false);
  const lines = [when.length > 0 ? `Speaks ${when.join("; ")}` : "Answers nobody"];
  if (speaking.channels.length > 0) lines.push(`Only in ${speaking.channels.join(", ")}`);
  lines.push(`${String(limits.per_channel)} answers a minute in a channel, ${String(limits.per_person)} to one person`);
  if (blocked.length > 0) lines.push(`Never: ${blocked.join(", ")}`);
  if (posts.every_minutes > 0) lines.push(`By itself every ${counted(posts.every_minutes, "minute")}`);
  return lines;
}
