// A folder of files, or files from memory, on an origin of its own: pages come from elsewhere than the API, as a
// user's app does.
import { extname } from "node:path/posix";

export interface StaticSite extends AsyncDisposable {
  origin: string;
}

const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};

/** Serves the files below a folder. Use with `await using`. */
export function serveStatic(folder: string): StaticSite {
  return serve(async (path) => await Deno.readFile(`${folder}${path}`).catch(() => null));
}

/** Serves files by their path, `/` being `/index.html`. */
export function serveFiles(files: Readonly<Record<string, string>>): StaticSite {
  return serve((path) => Promise.resolve(files[path] ?? null));
}

function serve(read: (path: string) => Promise<Uint8Array<ArrayBuffer> | string | null>): StaticSite {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    const { pathname } = new URL(request.url);
    const path = decodeURIComponent(pathname).replace(/\/$/, "/index.html");
    // Browsers ask for it by themselves.
    if (path === "/favicon.ico") return new Response(null, { status: 204 });
    const body = path.includes("..") ? null : await read(path);
    if (body === null) return new Response("There is no such file", { status: 404 });
    return new Response(body, {
      headers: { "content-type": TYPES[extname(path)] ?? "application/octet-stream" },
    });
  });
  return {
    origin: `http://127.0.0.1:${server.addr.port}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}
