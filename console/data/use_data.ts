// The data that all pages share, wherever in the tree they are.
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { ConsoleData } from "./console_data.ts";

const Data = createContext<ConsoleData | null>(null);

export const ProvideData = Data.Provider;

/** What the pages ask with. */
export function useData(): ConsoleData {
  const data = useContext(Data);
  if (!data) throw new Error("Cannot read data: nobody is signed in");
  return data;
}
