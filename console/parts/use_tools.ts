import { useEffect, useState } from "preact/hooks";
import { useData } from "../data/use_data.ts";
import { knownTools, type ToolWords } from "../data/known_tools.ts";

/** What the project says of its tools, by name; empty until it has answered. */
export function useTools(): ReadonlyMap<string, ToolWords> {
  const data = useData();
  const [tools, setTools] = useState<ReadonlyMap<string, ToolWords>>(new Map());
  useEffect(() => {
    let current = true;
    void knownTools(data).then((known) => current && setTools(known));
    return () => void (current = false);
  }, [data]);
  return tools;
}
