// How a request is sent with the user's access token, as whoever uses the client hands it over.
import { errorOfResponse, notSent } from "./client_error.ts";

/** A token, or what gives the one of the moment. */
export type AccessToken = string | (() => string | Promise<string>);

/**
 * Sends with a token of the moment, and once more where that was refused; without one, with the headers as they are.
 * Throws AgentClientError for an error status, and where no token can be had: trying again is the caller's to decide.
 */
export async function sendAuthorized(
  fetch: typeof globalThis.fetch,
  url: string,
  init: RequestInit,
  token?: AccessToken,
): Promise<Response> {
  const headers = new Headers(init.headers);
  const once = async () => {
    if (token !== undefined) headers.set("authorization", await bearerOf(token));
    return await fetch(url, { ...init, headers });
  };
  let response = await once();
  if (response.status === 401 && token !== undefined) {
    await response.body?.cancel();
    response = await once();
  }
  if (!response.ok) throw await errorOfResponse(response);
  return response;
}

async function bearerOf(token: AccessToken): Promise<string> {
  try {
    return `Bearer ${await (typeof token === "string" ? token : token())}`;
  } catch (cause) {
    throw notSent("There is no access token. Sign in again.", "unauthenticated", cause);
  }
}
