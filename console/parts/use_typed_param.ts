// A parameter of the address that is typed: it is there once its reader stops to type.
import { useEffect, useRef, useState } from "preact/hooks";
import { setParams } from "../navigate.ts";

const STOPPED_MS = 300;

/** `change` is what else the address loses with it. */
export function useTypedParam(
  name: string,
  in_address: string,
  change: Record<string, undefined> = {},
): [string, (words: string) => void] {
  const [words, setWords] = useState(in_address);
  const written = useRef(in_address);
  // Back, forward, or a link within the page.
  useEffect(() => {
    if (in_address === written.current) return;
    written.current = in_address;
    setWords(in_address);
  }, [in_address]);
  useEffect(() => {
    if (words === written.current) return;
    const timer = setTimeout(() => {
      written.current = words;
      setParams({ [name]: words || undefined, ...change });
    }, STOPPED_MS);
    return () => clearTimeout(timer);
  }, [words]);
  return [words, setWords];
}
