import { RotateCcw, SendHorizontal, Square } from "lucide-react";
import { useState } from "react";
import type { Bot, RehearsalLine } from "@/api/types";
import { Button, IconButton } from "@/ui/button";
import { Segments, TextInput } from "@/ui/controls";
import { Empty, ProblemNote } from "@/ui/empty";
import styles from "./bot.module.css";
import making from "./making.module.css";
import { Conversation } from "./conversation";
import { forget, say, useTalk } from "./rehearsals";

const MANNERS = [
  { value: "direct", label: "To it alone" },
  { value: "mention", label: "By its name" },
  { value: "overheard", label: "Among others" },
] as const;

/** Talk with a bot that no network hears, by the rules that hold there. */
export function Rehearsal({ bot }: { bot: Bot }) {
  const { notes, leave, problem } = useTalk(bot.name);
  const [text, setText] = useState("");
  const [author, setAuthor] = useState("you");
  const [manner, setManner] = useState<NonNullable<RehearsalLine["manner"]>>("direct");
  const send = async () => {
    const said = text;
    if (said.trim() === "" || leave) return;
    setText("");
    if (!(await say(bot.name, { text: said, author: author.trim() || "you", manner }))) setText((now) => now || said);
  };
  return (
    <div className={styles.stage}>
      <Conversation notes={notes} isThinking={leave !== null} empty={<Empty title={`Say something to ${bot.persona.name}`}>No network hears it. The rules are those that hold there: when it speaks, how much, and what never.</Empty>} />
      {problem && <ProblemNote message={problem.message} hint={problem.hint} detail={problem.detail} />}
      <form
        className={styles.composer}
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <div className={making.line}>
          <TextInput aria-label={`Say to ${bot.persona.name}`} placeholder="Say something" autoComplete="off" maxLength={20_000} value={text} onChange={(event) => { setText(event.target.value); }} />
          {leave ? <Button icon={<Square />} onClick={leave}>Stop</Button> : <Button type="submit" look="main" icon={<SendHorizontal />} disabled={text.trim() === ""}>Send</Button>}
        </div>
        <div className={styles.how}>
          <Segments isFit label="How it is said" choices={MANNERS} value={manner} onChange={setManner} />
          <label className={styles.as}><span className="soft">as</span><TextInput className={styles.who ?? ""} aria-label="Who says it" autoComplete="off" maxLength={80} value={author} onChange={(event) => { setAuthor(event.target.value); }} /></label>
          <IconButton label="Begin anew" disabled={notes.length === 0} onClick={() => void forget(bot.name)}><RotateCcw /></IconButton>
        </div>
      </form>
    </div>
  );
}
