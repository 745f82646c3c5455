import type { ReactNode } from "react";
import { CodeBlock } from "@/ui/code-block";
import styles from "./making.module.css";
import type { Network } from "./draft";

/** The networks as one chooses them. */
export const NETWORKS: { name: Network; title: string; about: string }[] = [
  { name: "rehearsal", title: "Rehearsal", about: "Only you hear it. A network can come later." },
  { name: "discord", title: "Discord", about: "On a server of yours. One token." },
  { name: "slack", title: "Slack", about: "In a workspace where you may add apps. Two tokens." },
  { name: "x", title: "X", about: "Answers mentions, posts by itself. X asks money for most of it." },
];

export const titleOf = (network: Network): string => NETWORKS.find(({ name }) => name === network)?.title ?? network;

const Out = ({ href, children }: { href: string; children: ReactNode }) => <a className={styles.link} href={href} target="_blank" rel="noreferrer">{children}</a>;

interface GuideProps {
  network: Network;
  called: string;
  /** How Gesso calls it; null as long as there is none. */
  bot: string | null;
  isEvents: boolean;
}

/** What to click at a network before a bot can speak there. */
export function Guide({ network, called, bot, isEvents }: GuideProps) {
  if (network === "rehearsal") return null;
  return <ol className={styles.guide}>{STEPS[network]({ called: called.trim() || "Fox", bot: bot ?? "NAME", isEvents }).map((step, index) => <li key={index}>{step}</li>)}</ol>;
}

interface Of {
  called: string;
  bot: string;
  isEvents: boolean;
}

const STEPS: Record<Exclude<Network, "rehearsal">, (of: Of) => ReactNode[]> = {
  discord: () => [
    <>Open <Out href="https://discord.com/developers/applications">discord.com/developers/applications</Out>, press <b>New Application</b> and give it a name.</>,
    <><b>Bot</b>: below <i>Privileged Gateway Intents</i> switch on <b>Message Content Intent</b>. Without it Discord hides what people write.</>,
    <><b>Bot</b>: press <b>Reset Token</b>, and copy the token. Discord shows it once.</>,
    <><b>OAuth2</b>, <i>URL Generator</i>: choose <b>bot</b>, then <b>View Channels</b>, <b>Send Messages</b> and <b>Read Message History</b>. Open the address below, and choose your server.</>,
  ],
  slack: ({ called, bot, isEvents }) => [
    <>Open <Out href="https://api.slack.com/apps">api.slack.com/apps</Out>, press <b>Create New App</b>, <b>From a manifest</b>, choose your workspace, and paste: <CodeBlock label="Manifest" code={manifest(called, isEvents)} /></>,
    <><b>Install App</b>, allow it, and copy the <b>Bot User OAuth Token</b>.</>,
    isEvents
      ? <><b>Basic Information</b>: copy the <b>Signing Secret</b>. Below <b>Event Subscriptions</b> the <i>Request URL</i> is your public address with <code>/bots/{bot}/slack</code>.</>
      : <><b>Basic Information</b>, <i>App-Level Tokens</i>: make one with the scope <b>connections:write</b>.</>,
    <>In a channel: <code>/invite @{called}</code></>,
  ],
  x: ({ bot }) => [
    <>Open <Out href="https://developer.x.com/en/portal/dashboard">developer.x.com</Out>, and make a project with an app.</>,
    <><i>User authentication settings</i>: <b>Read and write</b>, <b>Web App, Automated App or Bot</b>, and as callback URI <code>http://127.0.0.1:5142/x</code></>,
    <><i>Keys and tokens</i>: copy the OAuth 2.0 <b>Client ID</b> and <b>Client Secret</b>.</>,
    <>In a terminal, signed in at X as the account that is to speak: <CodeBlock label="Command" code={`gesso bot x ${bot} --sign-in`} /></>,
  ],
};

const manifest = (called: string, isEvents: boolean): string => `display_information: { name: ${JSON.stringify(called)} }
features:
  app_home: { messages_tab_enabled: true, messages_tab_read_only_enabled: false }
  bot_user: { display_name: ${JSON.stringify(called)}, always_online: true }
oauth_config:
  scopes:
    bot: [app_mentions:read, channels:history, chat:write, groups:history, im:history, users:read]
settings:
  event_subscriptions: { bot_events: [app_mention, message.channels, message.groups, message.im] }
  socket_mode_enabled: ${String(!isEvents)}
`;
