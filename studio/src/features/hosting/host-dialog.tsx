import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, problemOf } from "@/api/client";
import type { Deployment, Problem } from "@/api/types";
import { Button } from "@/ui/button";
import { Segments, Select, TextInput } from "@/ui/controls";
import { Dialog } from "@/ui/dialog";
import { ProblemNote } from "@/ui/empty";
import { Field } from "@/ui/field";
import { Ring } from "@/ui/ring";
import styles from "./hosting.module.css";

interface HostDialogProps {
  model: string;
  onClose: () => void;
  onMade: (made: Deployment) => void;
}

/** Give a model an address. */
export function HostDialog({ model, onClose, onMade }: HostDialogProps) {
  const models = useQuery({ queryKey: ["models"], queryFn: api.models });
  const usable = (models.data ?? []).filter((one) => !one.problem);
  const [chosen, setChosen] = useState(model);
  const [name, setName] = useState("");
  const [command, setCommand] = useState("");
  const [isPublic, setPublic] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isSending, setSending] = useState(false);
  const of = chosen || usable[0]?.name || "";
  const page = useQuery({ queryKey: ["model", of], queryFn: () => api.model(of), enabled: of !== "" });
  const commands = page.data?.spec?.commands ?? [];
  const send = async () => {
    setSending(true);
    setProblem(null);
    try {
      onMade(await api.host({ model: of, ...(name.trim() ? { name: name.trim() } : {}), ...(command ? { command } : {}), is_public: isPublic }));
    } catch (error) {
      setProblem(problemOf(error));
      setSending(false);
    }
  };
  const isOfName = problem?.where === "name" || problem?.code === "conflict";
  return (
    <Dialog title="Host a model" onClose={onClose}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <Field label="Model" htmlFor="host-model" about="The version of now is kept, whatever becomes of the model.">
          <Select id="host-model" data-first value={of} onChange={(event) => { setChosen(event.target.value); setCommand(""); }}>
            {usable.map((one) => <option key={one.name} value={one.name}>{one.title || one.name}</option>)}
          </Select>
        </Field>
        {commands.length > 1 && (
          <Field label="What it does" htmlFor="host-command">
            <Select id="host-command" value={command || commands[0]?.name} onChange={(event) => { setCommand(event.target.value); }}>
              {commands.map((one) => <option key={one.name} value={one.name}>{one.description || one.name}</option>)}
            </Select>
          </Field>
        )}
        <Field label="Name" htmlFor="host-name" about={`${window.location.origin}/m/${name.trim() || of}`} wrong={isOfName ? `${problem.message} ${problem.hint}` : null}>
          <TextInput id="host-name" placeholder={of} autoComplete="off" spellCheck={false} value={name} onChange={(event) => { setName(event.target.value); }} />
        </Field>
        <Field label="Who may use it" labelId="host-who" about={isPublic ? "Whoever reaches this Gesso, as often as they like." : "Whoever has a token. You can make and revoke as many as you like."}>
          <Segments isFit labelledBy="host-who" describedBy="host-who-about" value={isPublic} onChange={setPublic} choices={[{ value: false, label: "With a token" }, { value: true, label: "Everybody" }]} />
        </Field>
        {problem && !isOfName && <ProblemNote message={problem.message} hint={problem.hint} detail={problem.detail} />}
        <div className={styles.formEnd}>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="main" disabled={isSending || of === ""} icon={isSending ? <Ring size={16} /> : undefined}>Host</Button>
        </div>
      </form>
    </Dialog>
  );
}
