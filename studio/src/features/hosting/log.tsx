import { useInfiniteQuery } from "@tanstack/react-query";
import { api } from "@/api/client";
import type { HostedLine } from "@/api/types";
import { duration } from "@/ui/amounts";
import { Button } from "@/ui/button";
import { LogLines, Part } from "@/ui/page";

/** What has happened, the newest first: who asked and what came of it, what the model said. Never what was asked. */
export function LogPart({ name }: { name: string }) {
  const pages = useInfiniteQuery({
    queryKey: ["log", name],
    queryFn: ({ pageParam }) => api.deploymentLog(name, pageParam),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: (page: HostedLine[]) => (page.length === 50 ? page.at(-1)?.number : undefined),
    refetchInterval: 5000,
  });
  const lines = (pages.data?.pages ?? []).flat();
  return (
    <Part title="Log">
      {pages.isSuccess && lines.length === 0 && <p className="soft">Nothing yet. What is asked and answered is not written down, only that it was.</p>}
      {lines.length > 0 && <LogLines lines={lines.map((line) => ({ key: line.number, at: line.at, text: words(line), level: line.outcome === "failed" ? "error" : line.level }))} />}
      {pages.hasNextPage && <Button look="quiet" onClick={() => void pages.fetchNextPage()}>Show older</Button>}
    </Part>
  );
}

const OUTCOMES = { succeeded: "Answered", failed: "Failed", canceled: "Left before the end", refused: "Refused" };

function words(line: HostedLine): string {
  if (line.kind !== "request") return line.text;
  const who = [line.token, line.protocol === "gesso" ? null : line.protocol].filter(Boolean).join(" by ");
  const took = line.took_ms === null ? "" : ` in ${duration(line.took_ms / 1000)}`;
  const isInput = line.outcome === "refused" && line.took_ms !== null; // it was let in, so it counts as a request
  return `${isInput ? "Wrong input" : line.outcome ? OUTCOMES[line.outcome] : "Asked"}${who ? ` ${who}` : ""}${took}${line.text ? `. ${line.text}` : ""}`;
}
