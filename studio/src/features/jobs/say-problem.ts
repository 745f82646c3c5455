import { problemOf } from "@/api/client";
import { useToasts } from "@/ui/toasts";

/** Say why something was refused, where there is no better place for it. */
export function sayProblem(error: unknown): void {
  const { message, hint } = problemOf(error);
  useToasts.getState().say({ text: `${message} ${hint}`.trim() });
}
