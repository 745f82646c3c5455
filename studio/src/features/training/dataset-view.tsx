import { useInfiniteQuery } from "@tanstack/react-query";
import { Info } from "lucide-react";
import { api, problemOf } from "@/api/client";
import type { Dataset } from "@/api/types";
import { size } from "@/ui/amounts";
import { Button } from "@/ui/button";
import { ProblemNote } from "@/ui/empty";
import { Facts, Part } from "@/ui/page";
import { heldoutShare, percent } from "./course";
import { useMaking } from "./making";
import styles from "./training.module.css";

const NONE: string[] = [];

/** What there is to say of a text: how much, what to expect of it. */
export function DatasetFacts({ dataset }: { dataset: Dataset }) {
  const { documents, words, characters, bytes, heldout_characters } = dataset;
  const passed = useMaking((making) => (making.made === dataset.digest ? making.leftOut : NONE));
  return (
    <>
      <Facts
        facts={[
          ["Documents", documents.toLocaleString()],
          ["Words", words.toLocaleString()],
          ["Characters", characters.toLocaleString()],
          ["Size", size(bytes)],
          ["Held out", percent(heldoutShare(dataset))],
        ]}
      />
      {dataset.remarks.length > 0 && (
        <ul className={styles.remarks} aria-label="Remarks">
          {dataset.remarks.map((remark) => <li key={remark}><Info aria-hidden="true" />{remark}</li>)}
        </ul>
      )}
      {(dataset.left_out.length > 0 || passed.length > 0) && (
        <p className="soft">
          Left out: {[...dataset.left_out.map(({ why, count }) => `${why} (${count.toLocaleString()})`), ...(passed.length ? [`files of other kinds (${String(passed.length)}: ${passed.slice(0, 3).join(", ")}${passed.length > 3 ? ", …" : ""})`] : [])].join("; ")}.
        </p>
      )}
      <p className="soft">{heldout_characters.toLocaleString()} characters are held out: it never reads them, and is examined with them.</p>
    </>
  );
}

const short = (count: number): string => (count >= 1e6 ? `${String(count / 1e6)} M` : count >= 1e3 ? `${String(count / 1e3)} k` : String(count));

/** How long the documents are, as bars. */
export function LengthsPart({ dataset }: { dataset: Dataset }) {
  const { lengths, documents } = dataset;
  if (documents < 2) return null;
  const names = [...lengths.up_to.map((most) => `up to ${short(most)}`), "more"];
  const last = lengths.counts.findLastIndex((count) => count > 0);
  const first = lengths.counts.findIndex((count) => count > 0);
  const most = Math.max(...lengths.counts);
  return (
    <Part title="How long the documents are">
      <Facts facts={[["Shortest", lengths.shortest.toLocaleString()], ["Median", lengths.median.toLocaleString()], ["Mean", Math.round(lengths.mean).toLocaleString()], ["Longest", lengths.longest.toLocaleString()]]} />
      <ul className={styles.lengths} aria-label="Documents by their length in characters">
        {lengths.counts.slice(first, last + 1).map((count, index) => (
          <li key={names[first + index]}>
            <span className="soft">{names[first + index]}</span>
            <span className={styles.bar}><span style={{ width: `${String((count / most) * 100)}%` }} /></span>
            <span>{count.toLocaleString()}</span>
          </li>
        ))}
      </ul>
    </Part>
  );
}

/** The beginnings of its documents. */
export function PreviewPart({ dataset }: { dataset: Dataset }) {
  const pages = useInfiniteQuery({
    queryKey: ["dataset-preview", dataset.digest],
    queryFn: ({ pageParam }) => api.previewDataset(dataset.digest, pageParam),
    initialPageParam: 0,
    getNextPageParam: (page) => page.next_after,
    staleTime: Infinity,
  });
  const samples = (pages.data?.pages ?? []).flatMap((page) => page.samples);
  return (
    <Part title="What is in it">
      {pages.error && <ProblemNote {...problemOf(pages.error)} />}
      <ul className={styles.documents}>
        {samples.map((sample, index) => (
          <li key={index}>
            <p className={styles.source}>
              <span>{sample.source}</span>
              <span>{sample.characters.toLocaleString()} characters</span>
              {sample.split === "heldout" && <span className={styles.chip}>Held out</span>}
            </p>
            <blockquote>{sample.text.slice(0, 600)}{(sample.is_cut || sample.text.length > 600) && " …"}</blockquote>
          </li>
        ))}
      </ul>
      {pages.hasNextPage && <Button look="quiet" onClick={() => void pages.fetchNextPage()}>Show more</Button>}
    </Part>
  );
}
