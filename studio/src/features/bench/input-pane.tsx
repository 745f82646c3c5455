import type { Port } from "@/api/types";
import { widgetOf } from "@/widgets/catalogue";
import { titleOf } from "@/widgets/widget";
import styles from "./bench.module.css";
import { sceneOf } from "@/features/jobs/shown";

interface PortsProps {
  ports: Port[];
  all: Port[];
  values: Record<string, unknown>;
  wrong: Record<string, string>;
  onChange: (name: string, value: unknown) => void;
}

export const isLarge = (port: Port): boolean => widgetOf(port.type).shape(port) === "large";

// What is drawn over the first picture belongs there, and is not a picture of its own.
const OVER = new Set(["mask", "segmentation", "points", "bounding_boxes", "landmarks"]);

/** The inputs that need room: pictures, sounds, drawings. */
export function InputPane({ ports, all, values, wrong, onChange }: PortsProps) {
  const scene = sceneOf(all, values);
  return (
    <div className={styles.inputs} data-many={ports.length > 1 ? "" : undefined}>
      {ports.map((port) => {
        const { Input } = widgetOf(port.type);
        return (
          <div key={port.name} className={styles.input}>
            <h2 className={styles.caption}>{titleOf(port)} {!port.is_required && <span className="soft">optional</span>}</h2>
            <div className={styles.room}>
              <Input
                id={`input-${port.name}`}
                port={port}
                value={values[port.name] ?? undefined}
                wrong={wrong[port.name] ?? null}
                scene={OVER.has(port.type) ? scene : {}}
                onChange={(value) => {
                  onChange(port.name, value);
                }}
              />
            </div>
          </div>
        );
      })}
    </div>
  );
}

/** The inputs that stand in a column: numbers, choices, short texts. */
export function OptionRows({ ports, values, wrong, onChange, prefix = "input" }: Omit<PortsProps, "all"> & { prefix?: string }) {
  return ports.map((port) => {
    const { Input } = widgetOf(port.type);
    return (
      <Input
        key={port.name}
        id={`${prefix}-${port.name}`}
        port={port}
        value={values[port.name] ?? undefined}
        wrong={wrong[port.name] ?? null}
        scene={{}}
        onChange={(value) => {
          onChange(port.name, value);
        }}
      />
    );
  });
}
