import { Segments } from "@/ui/controls";
import { Field } from "@/ui/field";
import styles from "./making.module.css";
import type { Network } from "./draft";
import { Guide, NETWORKS, titleOf } from "./networks";

interface NetworkStepProps {
  network: Network;
  isEvents: boolean;
  called: string;
  bot: string | null;
  onChange: (network: Network, isEvents: boolean) => void;
}

/** Where it speaks, and what to click there. */
export function NetworkStep({ network, isEvents, called, bot, onChange }: NetworkStepProps) {
  return (
    <div className={styles.step}>
      <div role="radiogroup" aria-label="Network" className={styles.cards}>
        {NETWORKS.map(({ name, title, about }) => (
          <label key={name} className={styles.card}>
            <input type="radio" name="bot-network" checked={network === name} onChange={() => { onChange(name, isEvents); }} />
            <strong>{title}</strong>
            <span className="soft">{about}</span>
          </label>
        ))}
      </div>
      {network === "slack" && (
        <Field label="How Slack reaches it" labelId="bot-events" about={isEvents ? "Slack sends what happens to the public address of this Gesso." : "Gesso opens a connection to Slack. Works behind any router."}>
          <Segments isFit labelledBy="bot-events" describedBy="bot-events-about" value={isEvents} choices={[{ value: false, label: "From here" }, { value: true, label: "By a public address" }]} onChange={(is) => { onChange(network, is); }} />
        </Field>
      )}
      {network !== "rehearsal" && (
        <section aria-label={`At ${titleOf(network)}`} className={styles.atNetwork}>
          <h4>At {titleOf(network)}</h4>
          <Guide network={network} called={called} bot={bot} isEvents={isEvents} />
          {bot !== null && <p className="soft">What you copy there you give to the bot on the next page: once, into the keyring of this computer.</p>}
        </section>
      )}
    </div>
  );
}
