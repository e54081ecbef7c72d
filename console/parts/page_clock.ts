// The page's own clock, which no change of the time of day moves.
import { useEffect, useState } from "preact/hooks";

/** Milliseconds since the page began, read anew every `every_ms`; it stands still unless `runs`. */
export function usePageClock(every_ms: number, runs = true): number {
  const [now, setNow] = useState(performance.now());
  useEffect(() => {
    if (!runs) return;
    setNow(performance.now());
    const timer = setInterval(() => setNow(performance.now()), every_ms);
    return () => clearInterval(timer);
  }, [every_ms, runs]);
  return now;
}
