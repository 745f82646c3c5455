import { problemOf } from "@/api/client";
import { Empty, ProblemNote } from "@/ui/empty";
import { Ring } from "@/ui/ring";

/** Why a room has nothing to show. What the note at the top of the page says already is not said twice. */
export function RoomProblem({ error }: { error: unknown }) {
  const problem = problemOf(error);
  if (problem.code === "away") return <Empty icon={<Ring size={32} />} title="Waiting for the server" />;
  if (problem.code === "signed_out") return null;
  return <ProblemNote message={problem.message} hint={problem.hint} detail={problem.detail} />;
}
