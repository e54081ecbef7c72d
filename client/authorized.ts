// How a request is sent with the user's access token, as whoever uses the client hands it over.
import { errorOfResponse, notSent, unreadable } from "./client_error.ts";

/** The version of the event protocol that this client reads. */
export const READABLE_PROTOCOL = 1;

/** A token, or what gives the one of the moment. */
export type AccessToken = string | (() => string | Promise<string>);

export interface Sending extends RequestInit {
  headers?: Record<string, string>;
}

/**
 * Sends with a token of the moment, and once more where that was refused; without one, with the headers as they are.
 * Throws AgentClientError for an error status, where no token can be had, and for a server whose events this client can't
 * read: trying again is the caller's to decide.
 */
export async function sendAuthorized(
  fetch: typeof globalThis.fetch,
  url: string,
  init: Sending,
  token?: AccessToken,
): Promise<Response> {
  const once = async () => await fetch(url, token === undefined ? init : await withToken(init, token));
  let response = await once();
  if (response.status === 401 && token !== undefined) {
    await response.body?.cancel();
    response = await once();
  }
  if (!response.ok) throw await errorOfResponse(response);
  const spoken = Number(response.headers.get("x-event-protocol"));
  if (spoken > READABLE_PROTOCOL) throw unreadable(`version ${spoken} of the event protocol`);
  return response;
}

async function withToken(init: Sending, token: AccessToken): Promise<Sending> {
  try {
    const authorization = `Bearer ${await (typeof token === "string" ? token : token())}`;
    return { ...init, headers: { ...init.headers, authorization } };
  } catch (cause) {
    throw notSent("There is no access token. Sign in again.", { kind: "unauthenticated", cause });
  }
}
