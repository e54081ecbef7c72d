// One row where one row was asked for (`.single()`). Lite answers a list where it reads what was written again: for a cast,
// or a row of another table, among the columns.
import { z } from "zod";

const ONE = "application/vnd.pgrst.object+json";
const Rows = z.array(z.record(z.string(), z.unknown()));

/** The answer to `request`, as PostgREST gives it. What was written stands, where it was not one row. */
export async function oneObject(request: Request, response: Response): Promise<Response> {
  if (!request.headers.get("accept")?.includes(ONE) || !response.ok || response.body === null) {
    return response;
  }
  if (response.headers.get("content-type")?.startsWith(ONE)) return response;
  const text = await response.text();
  const headers = new Headers(response.headers);
  headers.delete("content-length");
  headers.set("content-type", `${ONE}; charset=utf-8`);
  const rows = Rows.parse(JSON.parse(text));
  if (rows.length === 1) return new Response(JSON.stringify(rows[0]), { status: response.status, headers });
  const details = `The result contains ${rows.length} rows`;
  const problem = {
    ...{ code: "PGRST116", details, hint: null },
    message: "Cannot coerce the result to a single JSON object",
  };
  return new Response(JSON.stringify(problem), { status: 406, headers });
}
