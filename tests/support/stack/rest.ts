// The REST API by hand, with a user's own token: what the functions have not thought of.
import { profiledFetch } from "./profiled_fetch.ts";
import { testStack, type TestUser } from "./stack.ts";

export interface RestAnswer {
  status: number;
  /** PostgREST's code of a refusal, such as 42501, or none. */
  code: string | undefined;
  message: string | undefined;
}

/** One request to the REST API; `path` begins with the table, such as `notes?id=eq.1`, or with rpc/. */
export async function restCall(
  user: TestUser,
  method: "POST" | "PATCH" | "DELETE",
  path: string,
  body: unknown = undefined,
): Promise<RestAnswer> {
  const { url, publishable_key } = testStack();
  const answer = await profiledFetch(`${url}/rest/v1/${path}`, {
    method,
    headers: {
      apikey: publishable_key,
      authorization: `Bearer ${user.token}`,
      "content-type": "application/json",
    },
    body: body === undefined ? null : JSON.stringify(body),
  });
  const text = await answer.text();
  const told: unknown = answer.ok || text === "" ? {} : JSON.parse(text);
  const field = (name: string) => {
    const value = typeof told === "object" && told !== null ? Reflect.get(told, name) : undefined;
    return typeof value === "string" ? value : undefined;
  };
  return { status: answer.status, code: field("code"), message: field("message") };
}
