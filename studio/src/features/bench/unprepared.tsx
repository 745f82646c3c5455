import { useMutation } from "@tanstack/react-query";
import { api, problemOf } from "@/api/client";
import { Button } from "@/ui/button";
import { ProblemNote } from "@/ui/empty";
import { Ring } from "@/ui/ring";

/** A model that cannot be shown before what it needs is installed. */
export function Unprepared({ name, onDone }: { name: string; onDone: () => void }) {
  const preparing = useMutation({ mutationFn: () => api.prepare(name), onSuccess: onDone });
  return (
    <>
      <p>What this model needs is not installed yet. It may take some minutes.</p>
      <Button look="main" disabled={preparing.isPending} icon={preparing.isPending ? <Ring size={16} /> : undefined} onClick={() => { preparing.mutate(); }}>Install it</Button>
      {preparing.error && <ProblemNote {...problemOf(preparing.error)} />}
    </>
  );
}
