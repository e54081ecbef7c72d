// The thinnest auth and REST that our functions work with: what they would cost if that layer were nearly free. One
// request is one transaction with the caller's role and claims, as in PostgREST, sent to the database in one go. A lower
// bound and no product.
import postgres from "postgres";
import { z } from "zod";
import { readCatalogue } from "./catalogue.ts";
import { makeKeyPair } from "./key_pair.ts";
import { type RestQuery, restQuery } from "./rest_query.ts";

const { DATABASE_URL } = z.object({ DATABASE_URL: z.url() }).parse(Deno.env.toObject());
const TOKEN_SECONDS = 36_000;

const sql = postgres(DATABASE_URL, { max: 20, onnotice: () => {} });
const catalogue = await readCatalogue(sql);
const keys = await makeKeyPair();

async function rest(request: Request, url: URL): Promise<Response> {
  const claims = await keys.claimsOf(request.headers.get("authorization"));
  const body: unknown = request.method === "POST" ? await request.json() : undefined;
  const query = restQuery({ method: request.method, url, body, catalogue });
  return new Response(await asCaller(claims, request.headers, query), {
    headers: { "content-type": "application/json" },
  });
}

async function asCaller(claims: string, headers: Headers, { text, parameters, read_only }: RestQuery) {
  const context = JSON.stringify(Object.fromEntries(headers));
  const [, [row]] = await sql.begin(read_only ? "read only" : "read write", (transaction) => [
    transaction`
      select set_config('role', 'authenticated', true), set_config('request.jwt.claims', ${claims}, true),
        set_config('request.headers', ${context}, true)`,
    transaction.unsafe(text, parameters, { prepare: true }),
  ]);
  return z.object({ body: z.string().nullable() }).parse(row).body ?? "null";
}

async function signUp(request: Request): Promise<Response> {
  const { email } = z.object({ email: z.string() }).parse(await request.json());
  const id = crypto.randomUUID();
  await sql`insert into auth.users (id, email) values (${id}, ${email})`;
  const iat = Math.floor(Date.now() / 1000);
  const claims = {
    sub: id,
    role: "authenticated",
    aud: "authenticated",
    email,
    iat,
    exp: iat + TOKEN_SECONDS,
  };
  return Response.json({ access_token: await keys.sign(claims), user: { id } });
}

async function answer(request: Request): Promise<Response> {
  const url = new URL(request.url);
  if (url.pathname.startsWith("/rest/v1/")) return await rest(request, url);
  if (url.pathname === "/auth/v1/.well-known/jwks.json") return Response.json(keys.jwks);
  if (url.pathname === "/auth/v1/signup") return await signUp(request);
  return Response.json({ message: "There is nothing here." }, { status: 404 });
}

/** As PostgREST tells of them: a code PT404 is the status 404. */
function failure(error: unknown): Response {
  if (!(error instanceof postgres.PostgresError)) {
    console.error(error);
    return Response.json({ message: String(error) }, { status: 400 });
  }
  const { code, message, detail = null, hint = null } = error;
  const status = Number(/^PT(\d{3})$/.exec(code)?.[1] ?? 400);
  return Response.json({ code, message, details: detail, hint }, { status });
}

Deno.serve({
  hostname: "127.0.0.1",
  port: 0,
  onListen: ({ port }) => console.log(`thin auth and REST at http://127.0.0.1:${port}`),
}, (request) => answer(request).catch(failure));
