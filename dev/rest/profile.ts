// Which schema a request of the REST API asks for, as PostgREST reads it: its header, else the first that is served.

/** The header that says it. */
export function profileHeader(method: string): "accept-profile" | "content-profile" {
  return method === "GET" || method === "HEAD" ? "accept-profile" : "content-profile";
}

/** The schema, served or not. */
export function profileOf({ method, headers }: Request, served: readonly string[]): string | undefined {
  return headers.get(profileHeader(method)) ?? served[0];
}
