// The conversations of the side bar: page after page, read anew when something has changed.
import { useEffect, useState } from "preact/hooks";
import { type SessionRow, sessionRows, SESSIONS_PAGE } from "./chat_data.ts";
import { type ConsoleData, sentenceOf } from "./console_data.ts";

export interface Sessions {
  /** Null until they were read. */
  rows: readonly SessionRow[] | null;
  has_more: boolean;
  problem: string | null;
  more: () => void;
}

/** Those of a status, newest first. */
export function useSessions(data: ConsoleData, status: "active" | "archived"): Sessions {
  const [pages, setPages] = useState(1);
  const [read, setRead] = useState<Pick<Sessions, "rows" | "has_more" | "problem">>(NOTHING);
  useEffect(() => {
    let stale = false;
    const look = async () => {
      try {
        const rows = (await Promise.all(
          Array.from({ length: pages }, (_, page) => sessionRows(data, status, page * SESSIONS_PAGE)),
        )).flatMap((page, at) => at === pages - 1 ? page : page.slice(0, SESSIONS_PAGE));
        const has_more = rows.length > pages * SESSIONS_PAGE;
        if (!stale) setRead({ rows: rows.slice(0, pages * SESSIONS_PAGE), has_more, problem: null });
      } catch (error) {
        if (!stale) setRead((before) => ({ ...before, problem: sentenceOf(error) }));
      }
    };
    const seen = () => document.visibilityState === "visible" && void look();
    void look();
    const deaf = data.hear(() => void look());
    document.addEventListener("visibilitychange", seen);
    return () => {
      stale = true;
      deaf();
      document.removeEventListener("visibilitychange", seen);
    };
  }, [data, status, pages]);
  return { ...read, more: () => setPages(pages + 1) };
}

const NOTHING = { rows: null, has_more: false, problem: null };
