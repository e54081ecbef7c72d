// The ids that an AG-UI client chose, from a run's row: a resume by another process writes the same bytes.

export interface ClientIds {
  thread_id: string;
  run_id: string;
}

/** What a `request_key` of a run begins with that an AG-UI client has started. */
export const AG_UI_KEY = "agui:";

interface RunIds {
  run_id: string;
  session_id: string;
  request_key: string | null;
  /** The session's id, where its client chose one. */
  client_id: string | null;
}

export function clientIdsOf({ run_id, session_id, request_key, client_id }: RunIds): ClientIds {
  return {
    thread_id: client_id ?? session_id,
    run_id: request_key?.startsWith(AG_UI_KEY) ? request_key.slice(AG_UI_KEY.length) : run_id,
  };
}
