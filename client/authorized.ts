// How a request is sent with the user's access token, as whoever uses the client hands it over.
import { errorOfResponse, notSent } from "./client_error.ts";

/** A token, or what gives the one of the moment. */
export type AccessToken = string | (() => string | Promise<string>);

export interface Sending extends RequestInit {
  headers?: Record<string, string>;
}

/**
 * Sends with a token of the moment, and once more where that was refused; without one, with the headers as they are.
 * Throws AgentClientError for an error status, and where no token can be had: trying again is the caller's to decide.
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
