import type { Job } from "@/api/types";
import { CodeBlock } from "@/ui/code-block";
import { Dialog } from "@/ui/dialog";

/** All that is needed to make a result again. */
export function RecipeDialog({ job, onClose }: { job: Job; onClose: () => void }) {
  const shown = job.recipe ?? { model: job.model, command: job.command, inputs: job.inputs, options: job.options, seed: job.seed };
  return (
    <Dialog title="Recipe" onClose={onClose}>
      <div style={{ display: "grid", gap: 12, gridTemplateColumns: "minmax(0, 1fr)" }}>
        <p className="soft">
          All that is needed to make this result again. Saved pictures carry it too: <code>gesso recipe FILE</code> prints it, <code>gesso run --recipe FILE</code> makes it again.
        </p>
        <CodeBlock label="Recipe" code={JSON.stringify(shown, null, 2)} />
        {job.logs.length > 0 && (
          <details>
            <summary>What the model said</summary>
            <CodeBlock label="Log" code={job.logs.map((line) => line.text).join("\n")} />
          </details>
        )}
      </div>
    </Dialog>
  );
}
