// Going from screen to screen, and what is shown.
import { useEffect, useState } from "preact/hooks";
import { formatRoute, parseRoute, type Route } from "./route.ts";

/** Goes to a screen. `replace`: the one that is left is no place to go back to. */
export function go(hash: string, how: "push" | "replace" = "push"): void {
  if (how === "push") location.hash = hash;
  else {
    history.replaceState(null, "", hash);
    dispatchEvent(new HashChangeEvent("hashchange"));
  }
}

/** Changes parameters of the screen that is shown, without a step in the history. */
export function setParams(changes: Record<string, string | undefined>): void {
  const { params, ...place } = parseRoute(location.hash);
  go(formatRoute(place, { ...params, ...changes }), "replace");
}

/** The route that is shown. */
export function useRoute(): Route {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const changed = () => setHash(location.hash);
    addEventListener("hashchange", changed);
    return () => removeEventListener("hashchange", changed);
  }, []);
  return parseRoute(hash);
}
