import { useQuery } from "@tanstack/react-query";
import { KeyRound, Plus } from "lucide-react";
import { useRef, useState } from "react";
import { api, problemOf } from "@/api/client";
import type { Deployment, NewToken, Problem, Token, TokenMade } from "@/api/types";
import { queries } from "@/features/connection/queries";
import { ago, counted, duration } from "@/ui/amounts";
import { Button } from "@/ui/button";
import { CodeBlock } from "@/ui/code-block";
import { Segments, TextInput } from "@/ui/controls";
import { Dialog } from "@/ui/dialog";
import { ProblemNote } from "@/ui/empty";
import { Field } from "@/ui/field";
import { Part } from "@/ui/page";
import { useFocusKept } from "@/ui/use-focus-kept";
import styles from "./hosting.module.css";

/** The tokens of a deployment: made, looked at, taken back. */
export function TokensPart({ deployment }: { deployment: Deployment }) {
  const { name } = deployment;
  const [isMaking, setMaking] = useState(false);
  const [going, setGoing] = useState<Token | null>(null);
  const making = useRef<HTMLButtonElement>(null);
  useFocusKept(making, going);
  const tokens = useQuery({ queryKey: ["tokens", name], queryFn: () => api.tokens(name), refetchInterval: 5000 });
  const all = tokens.data ?? [];
  const make = <Button ref={making} icon={<Plus />} onClick={() => { setMaking(true); }}>Make a token</Button>;
  return (
    <Part title="Tokens" aside={make}>
      {tokens.isSuccess && all.length === 0 && <p className="soft">{deployment.is_public ? "None, and none is needed: everybody may use it." : "None yet: nobody can use it. A token lets in whoever has it."}</p>}
      {all.length > 0 && (
        <ul className={styles.tokens}>
          {all.map((token) => (
            <li key={token.id}>
              <KeyRound aria-hidden="true" />
              <span className={styles.tokenName}>
                <strong>{token.name}</strong> <code>…{token.hint}</code>
                <span className="soft">{aboutToken(token)}</span>
              </span>
              <span className="soft">{token.used_ms === null ? "Never used" : `${spent(token)}, last ${ago(new Date(token.used_ms).toISOString())}`}</span>
              <Button look="quiet" onClick={() => { setGoing(token); }}>Revoke</Button>
            </li>
          ))}
        </ul>
      )}
      {isMaking && <MakeToken name={name} onClose={() => { setMaking(false); }} />}
      {going && <Revoking name={name} token={going} onClose={() => { setGoing(null); }} />}
    </Part>
  );
}

const spent = (token: Token): string => `${counted(token.requests, "request")}${token.max_requests === null ? "" : ` of ${String(token.max_requests)}`}, ${duration(token.compute_s)}${token.max_compute_s === null ? "" : ` of ${duration(token.max_compute_s)}`}`;

function aboutToken(token: Token): string {
  const words = [token.kind === "browser" ? `For ${token.origins.join(", ")}` : "For programs"];
  if (token.is_expired) words.push("expired");
  else if (token.expires_at !== null) words.push(`until ${new Date(token.expires_at).toLocaleDateString([], { day: "numeric", month: "short", year: "numeric" })}`);
  if (token.requests_per_minute !== null) words.push(`${String(token.requests_per_minute)} a minute`);
  return words.join(", ");
}

const KINDS = [{ value: "secret", label: "A program" }, { value: "browser", label: "A web page" }] as const;
const ABOUT = {
  secret: "A bot, a script, a server. Nobody else may see this token.",
  browser: "Its token may be seen: it is good only on the pages below, ends after 90 days, and has a cap.",
};

function MakeToken({ name, onClose }: { name: string; onClose: () => void }) {
  const [wanted, setWanted] = useState<NewToken & { kind: "secret" | "browser" }>({ name: "", kind: "secret" });
  const [pages, setPages] = useState("https://editor.p5js.org, https://preview.p5js.org");
  const [cap, setCap] = useState("");
  const [made, setMade] = useState<TokenMade | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const send = async () => {
    setProblem(null);
    const origins = wanted.kind === "browser" ? pages.split(/[,\s]+/).filter(Boolean) : [];
    try {
      setMade(await api.makeToken(name, { ...wanted, name: wanted.name.trim() || (wanted.kind === "browser" ? "A web page" : "A program"), origins, ...(cap.trim() ? { max_requests: Number(cap) } : {}) }));
      await queries.invalidateQueries({ queryKey: ["tokens", name] });
    } catch (error) {
      setProblem(problemOf(error));
    }
  };
  if (made) return <Made made={made} onClose={onClose} />;
  return (
    <Dialog title="Make a token" onClose={onClose}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <Field label="Who will use it" labelId="token-kind" about={ABOUT[wanted.kind]}>
          <Segments isFit labelledBy="token-kind" describedBy="token-kind-about" choices={KINDS} value={wanted.kind} onChange={(kind) => { setWanted({ ...wanted, kind }); }} />
        </Field>
        <Field label="Name" htmlFor="token-name" about="By which you know it again.">
          <TextInput id="token-name" data-first autoComplete="off" maxLength={100} placeholder={wanted.kind === "browser" ? "My sketch" : "My bot"} value={wanted.name} onChange={(event) => { setWanted({ ...wanted, name: event.target.value }); }} />
        </Field>
        {wanted.kind === "browser" && (
          <Field label="Pages" htmlFor="token-pages" about="Their addresses, between commas." wrong={problem?.where === "origins" ? `${problem.message} ${problem.hint}` : null}>
            <TextInput id="token-pages" value={pages} onChange={(event) => { setPages(event.target.value); }} />
          </Field>
        )}
        <Field label="At most so many requests" htmlFor="token-cap" about={wanted.kind === "browser" ? "10 000 if you say nothing." : "No limit if you say nothing."} wrong={/^\d*$/.test(cap.trim()) ? null : "Give a whole number."}>
          <TextInput id="token-cap" inputMode="numeric" value={cap} onChange={(event) => { setCap(event.target.value); }} />
        </Field>
        {problem && problem.where !== "origins" && <ProblemNote message={problem.message} hint={problem.hint} />}
        <div className={styles.formEnd}>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="main" disabled={!/^\d*$/.test(cap.trim())}>Make</Button>
        </div>
      </form>
    </Dialog>
  );
}

/** The new token, which is shown this once: who closes it without having copied it is asked first. */
function Made({ made, onClose }: { made: TokenMade; onClose: () => void }) {
  const [isCopied, setCopied] = useState(false);
  const [isLeaving, setLeaving] = useState(false);
  const leave = () => {
    if (isCopied) onClose();
    else setLeaving(true);
  };
  return (
    <Dialog title="Your new token" onClose={leave}>
      <div className={styles.form} onCopy={() => { setCopied(true); }}>
        <p>Copy it now: it is shown this once, and kept nowhere.</p>
        <CodeBlock label="Token" code={made.token} onCopied={() => { setCopied(true); }} />
        <p className="soft">It is sent as <code>Authorization: Bearer {made.token.slice(0, 10)}…</code></p>
        {isLeaving && !isCopied && <ProblemNote message="It is not copied yet." hint="Closed without that, it is of no use any more: you would revoke it and make another." />}
        <div className={styles.formEnd}>
          {isLeaving && !isCopied && <Button onClick={onClose}>Close without it</Button>}
          <Button look="main" data-first onClick={leave}>Done</Button>
        </div>
      </div>
    </Dialog>
  );
}

function Revoking({ name, token, onClose }: { name: string; token: Token; onClose: () => void }) {
  const [problem, setProblem] = useState<Problem | null>(null);
  const revoke = async () => {
    try {
      await api.revokeToken(name, token.id);
      await queries.invalidateQueries({ queryKey: ["tokens", name] });
      onClose();
    } catch (error) {
      setProblem(problemOf(error));
    }
  };
  return (
    <Dialog title={`Revoke ${token.name}?`} onClose={onClose}>
      <div className={styles.form}>
        <p>Whatever uses it is refused from now on, also in the middle of a run. This cannot be taken back.</p>
        {problem && <ProblemNote message={problem.message} hint={problem.hint} />}
        <div className={styles.formEnd}>
          <Button data-first onClick={onClose}>Keep it</Button>
          <Button look="main" onClick={() => void revoke()}>Revoke</Button>
        </div>
      </div>
    </Dialog>
  );
}
