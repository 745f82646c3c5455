import { useQuery } from "@tanstack/react-query";
import { GraduationCap } from "lucide-react";
import { useEffect, useState } from "react";
import { api, problemOf } from "@/api/client";
import type { Estimate, NewTraining } from "@/api/types";
import { size } from "@/ui/amounts";
import { Button } from "@/ui/button";
import { Ring } from "@/ui/ring";
import { many, roughly } from "./course";
import styles from "./training.module.css";

const SETTLE_MS = 700;
const LONG_MS = 6000;

/** A value that has not changed for a moment. */
function useSettled(value: string): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => { setSettled(value); }, SETTLE_MS);
    return () => { clearTimeout(timer); };
  }, [value]);
  return settled;
}

interface EstimateBarProps {
  order: NewTraining;
  canStart: boolean;
  isSending: boolean;
  onStart: () => void;
}

/** How long it will take and what to expect, measured here; and the button that begins. */
export function EstimateBar({ order, canStart, isSending, onStart }: EstimateBarProps) {
  const key = JSON.stringify(order);
  const settled = useSettled(key);
  const found = useQuery({
    queryKey: ["estimate", settled],
    queryFn: ({ signal }) => api.estimate(JSON.parse(settled) as NewTraining, signal),
    enabled: canStart && settled === key,
    staleTime: Infinity,
    refetchOnWindowFocus: false,
  });
  const isMeasuring = settled !== key || found.isFetching;
  return (
    <footer className={styles.foot}>
      <div className={styles.estimate} role="status">
        {isMeasuring && <Measuring />}
        {!isMeasuring && found.data && <Told estimate={found.data} />}
        {!isMeasuring && found.error && <><strong>How long it takes could not be measured.</strong><span className="soft">{problemOf(found.error).message} {problemOf(found.error).hint}</span></>}
      </div>
      <Button look="main" size="large" icon={isSending ? <Ring size={16} /> : <GraduationCap />} disabled={!canStart} onClick={onStart}>Train</Button>
    </footer>
  );
}

function Measuring() {
  const [isLong, setLong] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => { setLong(true); }, LONG_MS);
    return () => { clearTimeout(timer); };
  }, []);
  return (
    <>
      <strong className={styles.measuring}><Ring size={16} /> Measuring how long it takes here</strong>
      <span className="soft">{isLong ? "The first time, what training needs is installed, which takes some minutes. You may begin without waiting." : "You may begin without waiting."}</span>
    </>
  );
}

function Told({ estimate }: { estimate: Estimate }) {
  const { seconds, steps, parameters, memory_mb, words } = estimate;
  const facts = [`${steps.toLocaleString()} steps`, parameters > 0 ? `${many(parameters)} parameters` : "", memory_mb > 0 ? `${size(memory_mb * 1e6)} of memory` : ""].filter(Boolean);
  return (
    <>
      <strong>{seconds < 10 ? "A few seconds" : `About ${roughly(seconds)}`} on this machine</strong>
      <span className="soft">{facts.join(", ")}.{words.length > 0 && ` ${words.join(" ")}`}</span>
    </>
  );
}
