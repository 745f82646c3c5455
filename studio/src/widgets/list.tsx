import { Plus, X } from "lucide-react";
import type { Json, Port } from "@/api/types";
import { Button, IconButton } from "@/ui/button";
import { Field } from "@/ui/field";
import { emptyOf, widgetOf } from "./catalogue";
import type { InputProps, OutputProps, Widget } from "./widget";
import { numberWord, titleOf } from "./widget";
import styles from "./widgets.module.css";

/** The port that each item of a list is like. */
function itemPort(port: Port, index: number): Port {
  const items = (port.constraints["items"] ?? { type: "json" }) as { type: string; constraints?: Record<string, Json> };
  return { name: `${port.name}[${String(index)}]`, title: String(index + 1), description: "", type: items.type, constraints: items.constraints ?? {}, is_required: true, default: null };
}

const itemsOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

function Input({ port, value, onChange, wrong, scene, id }: InputProps) {
  const items = itemsOf(value);
  const most = numberWord(port, "max_length") ?? 10_000;
  const { Input: Item, shape } = widgetOf(itemPort(port, 0).type);
  const isLarge = shape(itemPort(port, 0)) === "large";
  return (
    <div className={isLarge ? styles.page : undefined} role="group" aria-labelledby={id}>
      <Field label={titleOf(port)} labelId={id} isNameUnseen={isLarge} about={port.description} wrong={wrong} aside={<span className="soft">{items.length}</span>}>
        <div className={styles.items}>
          {items.map((item, index) => (
            <div key={index} className={styles.item}>
              <div className={isLarge ? styles.itemLarge : undefined}>
                <Item
                  id={`${id}-${String(index)}`}
                  port={itemPort(port, index)}
                  value={item ?? undefined}
                  wrong={null}
                  scene={scene}
                  onChange={(made) => {
                    onChange(items.map((one, at) => (at === index ? made : one)));
                  }}
                />
              </div>
              <IconButton label={`Remove ${String(index + 1)}`} onClick={() => { onChange(items.filter((_, at) => at !== index)); }}><X /></IconButton>
            </div>
          ))}
          <Button icon={<Plus />} disabled={items.length >= most} onClick={() => { onChange([...items, emptyOf(itemPort(port, items.length))]); }}>Add</Button>
        </div>
      </Field>
    </div>
  );
}

function Output({ port, value, scene }: OutputProps) {
  const items = itemsOf(value);
  const { Output: Item, shape } = widgetOf(itemPort(port, 0).type);
  const isLarge = shape(itemPort(port, 0)) === "large";
  if (!items.length) return <p className={styles.nothing}>The list is empty.</p>;
  return (
    <div className={styles.page} tabIndex={0} role="group" aria-label={titleOf(port)}>
      <div className={styles.items}>
        {items.map((item, index) => (
          <div key={index} className={isLarge ? styles.itemLarge : undefined}>
            <Item port={itemPort(port, index)} value={item} scene={scene} />
          </div>
        ))}
      </div>
    </div>
  );
}

export const widget: Widget = {
  shape: (port) => widgetOf(itemPort(port, 0).type).shape(itemPort(port, 0)),
  Input,
  Output,
  check: (port, value) => {
    if (!Array.isArray(value)) return "Give a list.";
    const least = numberWord(port, "min_length") ?? 0;
    const most = numberWord(port, "max_length") ?? 10_000;
    if (value.length < least) return `Add at least ${String(least)}.`;
    if (value.length > most) return `Keep at most ${String(most)}.`;
    for (const [index, item] of value.entries()) {
      const found = widgetOf(itemPort(port, index).type).check(itemPort(port, index), item);
      if (found) return `Number ${String(index + 1)}: ${found}`;
    }
    return null;
  },
};
