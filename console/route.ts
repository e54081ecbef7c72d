// The address of a screen: a hash, so that any static host serves it, with what is shown as parameters.

/** Screens by what they need. `session` of a chat is null for the first page, and "new". */
export type Place =
  | { page: "sign-in" | "runs" | "usage" | "unknown" }
  | { page: "chat"; session: string | null }
  | { page: "trace"; run: string }
  | { page: "approvals"; call: string | null };

export type Route = Place & { params: Record<string, string> };

/** The route of a hash. What is no route is `unknown`. */
export function parseRoute(hash: string): Route {
  const [path = "", query = ""] = hash.replace(/^#?\/?/, "").split(/\?(.*)/s);
  const [page = "", id = null, ...more] = path.replace(/\/$/, "").split("/")
    .map(decoded);
  return {
    ...placeOf(page, id, more.length > 0),
    params: Object.fromEntries(new URLSearchParams(query)),
  };
}

function placeOf(page: string, id: string | null, more: boolean): Place {
  if (more) return { page: "unknown" };
  if (page === "" && id === null) return { page: "chat", session: null };
  if (page === "chat") return { page, session: id };
  if (page === "approvals") return { page, call: id };
  if (page === "runs") {
    return id === null ? { page } : { page: "trace", run: id };
  }
  if ((page === "sign-in" || page === "usage") && id === null) return { page };
  return { page: "unknown" };
}

/** The hash of a route; parameters that are empty or undefined are left out. */
export function formatRoute(
  place: Place,
  params: Record<string, string | undefined> = {},
): string {
  const given = Object.entries(params).flatMap(([name, value]) => value ? [[name, value]] : []);
  const query = String(new URLSearchParams(given));
  return `#/${pathOf(place)}${query && `?${query}`}`;
}

function pathOf(place: Place): string {
  switch (place.page) {
    case "chat":
      return place.session === null ? "chat" : `chat/${encodeURIComponent(place.session)}`;
    case "trace":
      return `runs/${encodeURIComponent(place.run)}`;
    case "approvals":
      return place.call === null ? "approvals" : `approvals/${encodeURIComponent(place.call)}`;
    case "unknown":
      return "";
    default:
      return place.page;
  }
}

/** A stray percent sign is no reason to show nothing. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
