import type { ReactNode } from "react";
import { useEffect, useRef } from "react";
import type { BotNote } from "@/api/types";
import { Ring } from "@/ui/ring";
import styles from "./bot.module.css";
import { turnsOf } from "./turns";

interface ConversationProps {
  notes: readonly BotNote[];
  isThinking?: boolean;
  empty: ReactNode;
}

const NEAR_PX = 80;

/** A conversation as it goes on. It stays at its end, unless somebody reads further up. */
export function Conversation({ notes, isThinking = false, empty }: ConversationProps) {
  const turns = turnsOf(notes);
  const box = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  const length = turns.reduce((sum, turn) => sum + turn.text.length + 1, isThinking ? 1 : 0);
  useEffect(() => {
    if (box.current && isAtEnd.current) box.current.scrollTop = box.current.scrollHeight;
  }, [length]);
  const isDrafting = turns.some(({ isDraft }) => isDraft);
  return (
    <div
      ref={box}
      className={styles.talk}
      role="log"
      aria-label="Conversation"
      aria-busy={isDrafting}
      tabIndex={0}
      onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
        isAtEnd.current = scrollHeight - scrollTop - clientHeight < NEAR_PX;
      }}
    >
      {turns.length === 0 && !isThinking ? empty : (
        <ol className={styles.turns}>
          {turns.map((turn) => (
            <li key={turn.key} data-kind={turn.kind} data-bad={turn.isBad ? "" : undefined} data-draft={turn.isDraft ? "" : undefined}>
              {turn.kind !== "aside" && <span className={styles.author}>{turn.author}{turn.channel && <span className="soft"> in {turn.channel}</span>}</span>}
              <p>{turn.text}</p>
            </li>
          ))}
          {isThinking && !isDrafting && <li data-kind="aside"><p><Ring size={16} /><span className="unseen">It thinks</span></p></li>}
        </ol>
      )}
    </div>
  );
}
