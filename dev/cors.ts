// CORS for auth and REST, as the platform's gateway adds it in front of GoTrue and PostgREST.

const METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";
const EXPOSED = "Content-Range, Content-Location, Location, Preference-Applied, X-Supabase-Api-Version";

/** The answer to a browser's question before the request proper. */
export function preflight(request: Request): Response {
  return new Response(null, {
    status: 204,
    headers: {
      "access-control-allow-origin": "*",
      "access-control-allow-methods": METHODS,
      "access-control-allow-headers": request.headers.get("access-control-request-headers") ?? "*",
      "access-control-max-age": "86400",
    },
  });
}

/** The same answer, readable from any origin. */
export function withCors(answer: Response): Response {
  const readable = new Response(answer.body, answer);
  readable.headers.set("access-control-allow-origin", "*");
  readable.headers.set("access-control-expose-headers", EXPOSED);
  readable.headers.delete("access-control-allow-credentials");
  return readable;
}
