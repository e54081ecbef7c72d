// The user's access token, as whoever uses the client hands it over.
import { notSent } from "./client_error.ts";

/** A token, or what gives the one of the moment. */
export type AccessToken = string | (() => string | Promise<string>);

/** The header of a request. Throws AgentClientError where no token can be had: trying again is the caller's to decide. */
export async function bearerOf(token: AccessToken): Promise<string> {
  try {
    return `Bearer ${await (typeof token === "string" ? token : token())}`;
  } catch (cause) {
    throw notSent("There is no access token. Sign in again.", "unauthenticated", cause);
  }
}
