// Serves the console on loopback, and bundles it again when a file of it changes.
import { debounced } from "./debounced.ts";
import { type BuiltFor, bundle, DIST, writeBundle } from "./build.ts";
import { ANY_PROJECT, securityHeaders } from "./headers.ts";

const ROOT = new URL("../../", import.meta.url);
const WATCHED = ["console", "client", "shared/contracts"].map((path) => new URL(path, ROOT));

const TYPES: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
};

export interface ServedConsole {
  url: string;
  stop(): Promise<void>;
}

/** Port 0 takes any free one. `said` is told of each build. */
export async function serveConsole(
  port: number,
  built_for: BuiltFor,
  said: (line: string) => void,
): Promise<ServedConsole> {
  let files = await bundle(built_for);
  await writeBundle(files, DIST);
  const served = serveBundle(port, built_for, () => files);
  const changes = debounced(WATCHED, async () => {
    try {
      files = await bundle(built_for);
      await writeBundle(files, DIST);
      said("Built again: reload the page.");
    } catch (error) {
      said(`Not built: ${error instanceof Error ? error.message : error}`);
    }
  });
  return {
    url: served.url,
    async stop() {
      changes.stop();
      await served.stop();
    },
  };
}

/** Serves what was bundled, whatever it is at the time, under the headers that go with it. */
export function serveBundle(
  port: number,
  { url }: BuiltFor,
  files: () => ReadonlyMap<string, Uint8Array>,
): ServedConsole {
  const headers = securityHeaders(url === undefined ? ANY_PROJECT : new URL(url).origin);
  const server = Deno.serve({ hostname: "127.0.0.1", port, onListen: () => {} }, (request) => {
    const name = new URL(request.url).pathname.slice(1) || "index.html";
    const content = files().get(name);
    if (!content) return new Response("There is no such file.", { status: 404, headers });
    const type = TYPES[name.split(".").at(-1) ?? ""] ?? "application/octet-stream";
    return new Response(new Uint8Array(content), {
      headers: { ...headers, "content-type": type, "cache-control": "no-store" },
    });
  });
  return { url: `http://127.0.0.1:${server.addr.port}`, stop: () => server.shutdown() };
}
