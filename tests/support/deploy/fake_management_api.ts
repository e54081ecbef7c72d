// The part of Supabase's management API that `functions deploy --use-api` speaks to, on loopback. It keeps what
// is uploaded, and writes each function's files into a folder of its own.
import { dirname, join, normalize } from "node:path";
import { z } from "zod";

/** What the CLI says of a function beside its files. */
const Metadata = z.object({
  name: z.string(),
  entrypoint_path: z.string(),
  import_map_path: z.string(),
  static_patterns: z.array(z.string()),
  verify_jwt: z.boolean().optional(),
});
export type Metadata = z.infer<typeof Metadata>;

export interface Upload {
  slug: string;
  metadata: Metadata;
  /** The function's files, and nothing else, with their names as uploaded. */
  folder: string;
  files: { name: string; bytes: number }[];
}

export interface FakeManagementApi {
  url: string;
  uploads: Upload[];
  /** The functions that the CLI has switched live, in the order in which it named them. */
  live: string[];
  /** Requests that it did not understand. */
  unknown: string[];
  stop(): Promise<void>;
}

const Live = z.array(z.object({ slug: z.string() }));

/** Listens on a free port of loopback. `folder` takes the uploads. */
export function startFakeManagementApi(folder: string): FakeManagementApi {
  const state: Pick<FakeManagementApi, "uploads" | "live" | "unknown"> = {
    uploads: [],
    live: [],
    unknown: [],
  };
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    const { pathname, searchParams } = new URL(request.url);
    const [, project, rest] = /^\/v1\/projects\/([a-z]{20})(.*)$/.exec(pathname) ?? [];
    const slug = searchParams.get("slug");
    if (request.method === "POST" && rest === "/functions/deploy" && slug !== null) {
      const upload = await keep(slug, await request.formData(), join(folder, slug));
      state.uploads.push(upload);
      return Response.json(described(slug), { status: 201 });
    }
    if (request.method === "PUT" && rest === "/functions") {
      const live = Live.parse(await request.json());
      state.live = live.map(({ slug }) => slug);
      return Response.json({ functions: state.live.map(described) });
    }
    if (request.method === "GET" && rest === "") {
      return Response.json({
        id: project,
        ref: project,
        name: "fake",
        region: "local",
        status: "ACTIVE_HEALTHY",
      });
    }
    state.unknown.push(`${request.method} ${pathname}`);
    return Response.json({ message: "Unknown here" }, { status: 404 });
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    uploads: state.uploads,
    unknown: state.unknown,
    get live() {
      return state.live;
    },
    stop: () => server.shutdown(),
  };
}

async function keep(slug: string, form: FormData, folder: string): Promise<Upload> {
  const files: Upload["files"] = [];
  for (const part of form.getAll("file")) {
    if (!(part instanceof File)) throw new Error("A file part is no file");
    const path = normalize(part.name);
    if (path.startsWith("..") || path.startsWith("/")) throw new Error(`${part.name} leaves the project`);
    await Deno.mkdir(dirname(join(folder, path)), { recursive: true });
    await Deno.writeFile(join(folder, path), await part.bytes());
    files.push({ name: path, bytes: part.size });
  }
  const metadata = Metadata.parse(JSON.parse(z.string().parse(form.get("metadata"))));
  return { slug, metadata, folder, files };
}

function described(slug: string) {
  const at = Date.now();
  return { id: slug, slug, name: slug, version: 1, status: "ACTIVE", created_at: at, updated_at: at };
}
