// Something that is read when it is shown.
import { useEffect, useRef, useState } from "preact/hooks";
import { sentenceOf } from "../data/console_data.ts";

export type Loaded<Value> =
  | { type: "loading" }
  | { type: "failed"; problem: string }
  | { type: "ready"; value: Value };

/** Reads what `key` names, with `owner`. What was asked for before and comes later is not shown. */
export function useLoaded<Value>(
  owner: object,
  key: string,
  read: () => Promise<Value>,
): Loaded<Value> {
  const [loaded, setLoaded] = useState<{ key: string; state: Loaded<Value> }>({
    key,
    state: { type: "loading" },
  });
  useEffect(() => {
    let current = true;
    const show = (state: Loaded<Value>) => current && setLoaded({ key, state });
    read().then(
      (value) => show({ type: "ready", value }),
      (error) => show({ type: "failed", problem: sentenceOf(error) }),
    );
    return () => void (current = false);
  }, [owner, key]);
  return loaded.key === key ? loaded.state : { type: "loading" };
}

/** What was read last, until there is something newer: for what is read again at the same place. */
export function useKept<Value>(loaded: Loaded<Value>): Loaded<Value> {
  const last = useRef(loaded);
  if (loaded.type !== "loading") last.current = loaded;
  return last.current;
}
