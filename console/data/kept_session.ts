// Where the session is kept: in the tab, so that it dies with it, or on the device where its user asked for that.
import { claimsOf } from "./project.ts";

export const KEY = "agent-console.session";
const PREFIX = "agent-console.";

export interface KeptSession {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
  /** Whether it stays when the tab is closed. */
  readonly stays: boolean;
  keep(where: "tab" | "device"): void;
  /** Takes a session over that another tab has renewed, if it is the same one. True where it was, or is the one kept. */
  adopt(session: { access_token: string }): boolean;
  /** Removes all that a person left: the session, drafts, what was folded. The project stays. */
  clear(): void;
}

export function keptSession(tab: Storage, device: Storage): KeptSession {
  let place = device.getItem(KEY) === null ? tab : device;
  return {
    getItem: (key) => place.getItem(key),
    setItem: (key, value) => place.setItem(key, value),
    removeItem: (key) => place.removeItem(key),
    get stays() {
      return place === device;
    },
    keep(where) {
      place.removeItem(KEY);
      place = where === "tab" ? tab : device;
    },
    adopt(session) {
      const kept = place.getItem(KEY) ?? "";
      if (kept.includes(session.access_token)) return true;
      const mine = claimsOf(/"access_token":"([^"]*)"/.exec(kept)?.[1] ?? "")
        ?.session_id;
      if (
        mine === undefined ||
        claimsOf(session.access_token)?.session_id !== mine
      ) return false;
      place.setItem(KEY, JSON.stringify(session));
      return true;
    },
    clear() {
      device.removeItem(KEY);
      for (const key of Object.keys(tab)) {
        if (key.startsWith(PREFIX)) tab.removeItem(key);
      }
    },
  };
}
