// The time of day for what grows while it is looked at.
import { useEffect, useState } from "preact/hooks";

/** Milliseconds since the epoch; it stands still unless `running`. */
export function useNow(running: boolean, each_ms: number): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    if (!running) return;
    setNow(Date.now());
    const timer = setInterval(() => document.hidden || setNow(Date.now()), each_ms);
    return () => clearInterval(timer);
  }, [running, each_ms]);
  return now;
}
