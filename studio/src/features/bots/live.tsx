import { useEffect, useState } from "react";
import { hear } from "@/api/bots";
import type { Bot, BotNote } from "@/api/types";
import { Empty } from "@/ui/empty";
import styles from "./bot.module.css";
import { Conversation } from "./conversation";
import { titleOf } from "./networks";

const MOST_NOTES = 1000;

/** What a bot hears and says on its network, as it happens. Nothing of it is written down. */
export function Live({ bot }: { bot: Bot }) {
  const { name } = bot;
  const [notes, setNotes] = useState<BotNote[]>([]);
  useEffect(() => {
    let waiting: BotNote[] = [];
    let isAnew = false;
    let frame = 0;
    const show = () => {
      const [fresh, keepsNone] = [waiting, isAnew];
      [waiting, isAnew, frame] = [[], false, 0];
      setNotes((before) => [...(keepsNone ? [] : before), ...fresh].slice(-MOST_NOTES));
    };
    const soon = () => { frame ||= requestAnimationFrame(show); }; // hundreds may come at once
    const leave = hear(name, () => {
      [waiting, isAnew] = [[], true];
      soon();
    }, (note) => {
      waiting.push(note);
      soon();
    });
    return () => {
      leave();
      cancelAnimationFrame(frame);
    };
  }, [name]);
  const title = titleOf(bot.network);
  const isOff = bot.status.state === "off";
  return (
    <div className={styles.stage}>
      <Conversation notes={notes} empty={<Empty title={isOff ? "It is off" : "Nobody has spoken yet"}>{isOff ? `Start it, and what it hears and says on ${title} is shown here.` : `Write to it on ${title}: what it hears and says is shown here.`}</Empty>} />
      <p className={`soft ${styles.note ?? ""}`}>The last few hundred lines, kept in memory only. A restart forgets them.</p>
    </div>
  );
}
