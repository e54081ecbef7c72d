// Auth and REST as a process of its own: @supabase/lite's server over our connection. It is what the platform
// runs GoTrue and PostgREST for.
import { App, InMemoryEmailDriver, type ResolvedKey } from "@supabase/lite";
import { z } from "zod";
import { exactFilters } from "./exact_filters.ts";
import { currentRequest, RequestConnection, type RequestContext } from "./connection.ts";
import { oneObject } from "./one_object.ts";
import { profileHeader, profileOf } from "./profile.ts";
import { TYPES } from "./types.ts";
import { verifiedClaims } from "./user_token.ts";

const env = z.object({
  PORT: z.coerce.number().int(),
  DATABASE_URL: z.url(),
  JWT_SECRET: z.string().min(32),
  PUBLISHABLE_KEY: z.string().startsWith("sb_publishable_"),
  SITE_URL: z.url(),
  SCHEMAS: z.string().transform((names) => names.split(",")),
}).parse(Deno.env.toObject());

const app = new App({
  connection: new RequestConnection({
    url: env.DATABASE_URL,
    postgresOptions: {
      max: 20,
      onnotice: () => {},
      types: TYPES,
    },
  }),
  api: { enabled: true, schemas: env.SCHEMAS },
  auth: {
    enabled: true,
    jwt_secret: env.JWT_SECRET,
    publishable_key: env.PUBLISHABLE_KEY,
    site_url: env.SITE_URL,
    enable_signup: true,
    email: { enable_signup: true, enable_confirmations: false },
  },
  options: {
    server: {
      admin: false,
      disableStudio: true,
      apiKeys: {
        resolver: (key) => Promise.resolve(key === env.PUBLISHABLE_KEY ? caller() : null),
      },
    },
    drivers: { email: new InMemoryEmailDriver() },
  },
});

await app.init();
// Reading the schema takes a while; the first request should not have to wait for it.
await app.connection.introspect({ useCache: true });

Deno.serve({
  hostname: "127.0.0.1",
  port: env.PORT,
  onListen: ({ port }) => console.log(`auth and REST at http://127.0.0.1:${port}`),
}, (request) => {
  const path = new URL(request.url).pathname;
  const headers = Object.fromEntries(request.headers);
  const is_rest = path.startsWith("/rest/v1/");
  const claims = is_rest
    ? verifiedClaims(request.headers.get("authorization"), env.JWT_SECRET, Date.now())
    : undefined;
  const profile = is_rest ? profileOf(request, env.SCHEMAS) : undefined;
  const context: RequestContext = {
    ...{ method: request.method, path, headers, profile, role: "anon", claims },
    answer_headers: [],
  };
  return currentRequest.run(context, async () => {
    const asked = withExactFilters(asRead(request, context));
    const response = await oneObject(asked, await app.fetch(asked));
    for (const [name, value] of context.answer_headers) response.headers.append(name, value);
    return response;
  });
});

/** Whom a request with the publishable key acts for. */
function caller(): ResolvedKey {
  return { type: "publishable", claims: currentRequest.getStore()?.claims ?? { role: "anon" } };
}

/** Arguments of functions are no filters. */
function withExactFilters(request: Request): Request {
  const url = new URL(request.url);
  if (!url.pathname.startsWith("/rest/v1/") || url.pathname.startsWith("/rest/v1/rpc/")) return request;
  url.search = exactFilters(url.searchParams).toString();
  return url.href === request.url ? request : new Request(url, request);
}

/**
 * The request for lite: with the schema that it means, and without a token that is valid, for the claims come with the
 * key, then. A token that is not valid lite refuses in its own words.
 */
function asRead(request: Request, { profile, claims }: RequestContext): Request {
  if (profile === undefined) return request;
  const headers = new Headers(request.headers);
  headers.set(profileHeader(request.method), profile);
  if (claims) headers.delete("authorization");
  return new Request(request, { headers });
}
