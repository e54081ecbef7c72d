// The selected row. The address has it, too, a moment later: a held arrow key would else write it a hundred times.
import { useEffect, useRef, useState } from "preact/hooks";
import { setParams } from "../navigate.ts";

const WRITE_MS = 200;

export function useSelection(in_address: string): [string, (id: string) => void] {
  const [selected, setSelected] = useState(in_address);
  const written = useRef(in_address);
  const timer = useRef(0);
  // Back, forward, or a link within the page.
  useEffect(() => {
    if (in_address === written.current) return;
    written.current = in_address;
    setSelected(in_address);
  }, [in_address]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const select = (id: string) => {
    setSelected(id);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      written.current = id;
      setParams({ sel: id || undefined });
    }, WRITE_MS);
  };
  return [selected, select];
}
