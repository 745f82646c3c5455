/** Which models a bot can speak through, and the way to a bot of one. */

import type { ModelPage } from "@/api/types";
import { useDraft } from "./draft";

/** Whether a model makes a text of a text, and asks for nothing else. */
export const isWriting = ({ spec }: ModelPage): boolean =>
  spec?.commands.some(({ inputs, outputs }) => inputs.some(({ type }) => type === "text") && outputs.some(({ type }) => type === "text") && !inputs.some(({ type, is_required }) => is_required && type !== "text")) ?? false;

/** Go and make a bot of a model here, or of a deployment by its address. */
export function makeBotOf(model: string, go: (path: string) => void): void {
  useDraft.getState().beginWith(model);
  go("/bots?new");
}
