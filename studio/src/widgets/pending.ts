/** What is on its way to the server: whoever runs a model waits for it, so that it runs with what is to be seen. */

const pending = new Set<Promise<unknown>>();

/** Have others wait for this. */
export function waitFor(work: Promise<unknown>): void {
  const counted = work.finally(() => pending.delete(counted)).catch(() => undefined); // whoever began it says what went wrong
  pending.add(counted);
}

/** Resolves when nothing is on its way any more. */
export async function settled(): Promise<void> {
  while (pending.size) await Promise.all(pending);
}
