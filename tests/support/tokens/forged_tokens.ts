// Tokens of a project with an asymmetric key, good ones and forged ones, and the project itself, on loopback.

export const USER = "0b5a7f6e-3a3c-4d0e-9d58-0d4a5f7f1c11";
export const encode = (value: object | Uint8Array<ArrayBuffer>) =>
  (value instanceof Uint8Array ? value : new TextEncoder().encode(JSON.stringify(value))).toBase64({
    alphabet: "base64url",
    omitPadding: true,
  });

const EC = { name: "ECDSA", namedCurve: "P-256" } as const;
const keys = await crypto.subtle.generateKey(EC, true, ["sign", "verify"]);
const otherKeys = await crypto.subtle.generateKey(EC, true, ["sign", "verify"]);
export const seconds = () => Math.floor(Date.now() / 1000);

export function claims(change: object = {}) {
  return {
    sub: USER,
    role: "authenticated",
    aud: "authenticated",
    exp: seconds() + 600,
    iat: seconds(),
    ...change,
  };
}

export async function token(payload: object, { header = {}, key = keys.privateKey } = {}): Promise<string> {
  const signed = `${encode({ alg: "ES256", typ: "JWT", kid: "live", ...header })}.${encode(payload)}`;
  const signature = await crypto.subtle.sign(
    { name: "ECDSA", hash: "SHA-256" },
    key,
    new TextEncoder().encode(signed),
  );
  return `${signed}.${encode(new Uint8Array(signature))}`;
}

/** A project that serves its keys, and refuses every token that is put to its auth server. */
export async function project(): Promise<{ url: string; asked: string[]; close(): Promise<void> }> {
  const jwk = {
    ...await crypto.subtle.exportKey("jwk", keys.publicKey),
    kid: "live",
    alg: "ES256",
    use: "sig",
  };
  const asked: string[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    const { pathname } = new URL(request.url);
    asked.push(pathname);
    if (pathname.endsWith("/jwks.json")) return Response.json({ keys: [jwk] });
    return Response.json({ code: 403, error_code: "bad_jwt", msg: "invalid JWT" }, { status: 403 });
  });
  return { url: `http://127.0.0.1:${server.addr.port}`, asked, close: () => server.shutdown() };
}

/** Tokens that are none of the project's users', by what is wrong with them. */
export const FORGERIES: Record<string, () => Promise<string>> = {
  "signed with another key under the live key's id": () => token(claims(), { key: otherKeys.privateKey }),
  "under an unknown key id": () => token(claims(), { header: { kid: "other" }, key: otherKeys.privateKey }),
  "that has expired": () => token(claims({ exp: seconds() - 5 })),
  "without an expiry": () => token(claims({ exp: undefined })),
  "of an anonymous visitor": () => token(claims({ role: "anon" })),
  "of the service role": () => token(claims({ role: ["service", "role"].join("_") })),
  "without a subject": () => token(claims({ sub: undefined })),
  "whose subject is no user id": () => token(claims({ sub: "admin" })),
  "of another project": () => token(claims({ iss: "https://other.example.com/auth/v1" })),
  "for another audience": () => token(claims({ aud: "elsewhere" })),
  "with alg none": () => Promise.resolve(`${encode({ alg: "none" })}.${encode(claims())}.`),
  "signed with HS256 and the public key": async () => {
    const secret = new Uint8Array(await crypto.subtle.exportKey("spki", keys.publicKey));
    const key = await crypto.subtle.importKey("raw", secret, { name: "HMAC", hash: "SHA-256" }, false, [
      "sign",
    ]);
    const signed = `${encode({ alg: "HS256", typ: "JWT", kid: "live" })}.${encode(claims())}`;
    const signature = await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(signed));
    return `${signed}.${encode(new Uint8Array(signature))}`;
  },
  "whose claims were changed": async () => {
    const [head, , signature] = (await token(claims())).split(".");
    return `${head}.${encode(claims({ sub: crypto.randomUUID() }))}.${signature}`;
  },
};
