// Tokens as hosted projects have them: signed with ES256, so that the functions check them with the public key.
import { Buffer } from "node:buffer";

export interface KeyPair {
  /** What the auth server publishes. */
  jwks: { keys: object[] };
  /** The token of these claims. */
  sign(claims: object): Promise<string>;
  /** The claims of a Bearer header as JSON. Throws for a token of another key. */
  claimsOf(authorization: string | null): Promise<string>;
}

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const NAMES = { kid: "bench", alg: "ES256" };

export async function makeKeyPair(): Promise<KeyPair> {
  const { publicKey, privateKey } = await crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const jwk = await crypto.subtle.exportKey("jwk", publicKey);
  // PostgREST keeps the tokens that it has verified, too.
  const verified = new Map<string, string>();
  return {
    jwks: { keys: [{ ...jwk, ...NAMES, use: "sig", key_ops: ["verify"] }] },
    async sign(claims) {
      const text = `${encoded({ ...NAMES, typ: "JWT" })}.${encoded(claims)}`;
      const signature = await crypto.subtle.sign(ALGORITHM, privateKey, new TextEncoder().encode(text));
      return `${text}.${Buffer.from(signature).toString("base64url")}`;
    },
    async claimsOf(authorization) {
      const token = authorization?.replace(/^Bearer /, "") ?? "";
      const known = verified.get(token);
      if (known !== undefined) return known;
      const [head = "", body = "", signature = ""] = token.split(".");
      const is_right = await crypto.subtle.verify(
        ALGORITHM,
        publicKey,
        new Uint8Array(Buffer.from(signature, "base64url")),
        new TextEncoder().encode(`${head}.${body}`),
      );
      if (!is_right) throw new Error("Cannot take the token: it is signed with another key");
      const claims = Buffer.from(body, "base64url").toString();
      verified.set(token, claims);
      return claims;
    },
  };
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
