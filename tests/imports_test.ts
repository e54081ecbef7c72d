// Imports point one way: functions -> compose, http -> agents -> contracts; tools, llm and db implement the
// agents' ports. And the core touches no clock, no network, no environment and no chance.
import assert from "node:assert/strict";
import { dirname, join, relative } from "node:path/posix";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** For each room, the rooms it may import from, itself included, and the packages. */
const MAY_IMPORT: Record<string, { rooms: string[]; packages: string[] }> = {
  "shared/contracts": { rooms: ["shared/contracts"], packages: ["zod"] },
  "shared/agents": { rooms: ["shared/agents", "shared/contracts"], packages: ["zod"] },
  "shared/tools": {
    rooms: [
      "shared/tools",
      "shared/contracts",
      "shared/agents/ports.ts",
      "shared/db/database.types.ts",
      "shared/db/read_only_db.ts",
    ],
    packages: ["zod", "@supabase/supabase-js"],
  },
  "shared/llm": {
    rooms: ["shared/llm", "shared/contracts", "shared/agents/ports.ts"],
    packages: ["zod", "openai", "tokenx"],
  },
  "shared/db": {
    rooms: [
      "shared/db",
      "shared/contracts",
      "shared/agents/ports.ts",
      "shared/agents/records.ts",
      "shared/agents/rows.ts",
    ],
    packages: ["zod", "@supabase/supabase-js"],
  },
  "shared/http": {
    rooms: ["shared/http", "shared/contracts", "shared/agents/ports.ts", "shared/db/clients.ts"],
    packages: ["zod", "hono", "eventsource-parser", "@supabase/supabase-js"],
  },
  "shared/faults": {
    rooms: ["shared/faults", "shared/contracts", "shared/agents/ports.ts", "shared/db/database_error.ts"],
    packages: ["zod", "@supabase/supabase-js"],
  },
  "shared/client": {
    rooms: ["shared/client", "shared/contracts"],
    packages: ["zod", "eventsource-parser"],
  },
  "shared/run_service.ts": {
    rooms: ["shared/agents", "shared/contracts", "shared/db", "shared/http"],
    packages: [],
  },
  "shared/compose.ts": { rooms: ["shared"], packages: ["zod"] },
  "supabase/functions": { rooms: ["supabase/functions", "shared"], packages: ["hono"] },
};

const PURE = ["shared/contracts", "shared/agents"];
const IMPURE =
  /\bDeno\.|\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bfetch\(|\bcrypto\.|\bset(Timeout|Interval)\(|\bperformance\./;

for (const [room, allowed] of Object.entries(MAY_IMPORT)) {
  Deno.test(`${room} imports only what stands below it`, () => {
    for (const { file, source } of sources(room)) {
      for (const specifier of specifiers(source)) {
        const target = specifier.startsWith(".")
          ? relative(ROOT, join(ROOT, dirname(file), specifier))
          : null;
        const fine = target === null
          ? allowed.packages.some((name) => specifier === name || specifier.startsWith(`${name}/`))
          : allowed.rooms.some((name) => target === name || target.startsWith(`${name}/`));
        assert.ok(fine, `${file} imports ${specifier}`);
      }
    }
  });
}

for (const room of PURE) {
  Deno.test(`${room} is a function of its arguments`, () => {
    for (const { file, source } of sources(room)) {
      const code = source.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
      assert.equal(IMPURE.exec(code)?.[0], undefined, file);
    }
  });
}

Deno.test("shared/client runs where there is no Deno", () => {
  for (const { file, source } of sources("shared/client")) assert.doesNotMatch(source, /\bDeno\b\s*\./, file);
});

Deno.test("no file of ours is longer than 400 lines", () => {
  for (const room of ["shared", "supabase", "dev", "tests"]) {
    for (const { file, source } of sources(room)) {
      if (file.endsWith("database.types.ts")) continue;
      assert.ok(source.split("\n").length <= 401, `${file} is too long`);
    }
  }
});

Deno.test("no secret key is named in the request path", () => {
  for (const room of ["shared", "supabase/functions"]) {
    for (const { file, source } of sources(room)) {
      assert.doesNotMatch(source, /service_role|SECRET_KEY|supabaseAdmin/i, file);
    }
  }
});

function* sources(path: string): Generator<{ file: string; source: string }> {
  const full = join(ROOT, path);
  if (!Deno.statSync(full).isDirectory) {
    yield { file: path, source: Deno.readTextFileSync(full) };
    return;
  }
  for (const entry of Deno.readDirSync(full)) {
    const child = `${path}/${entry.name}`;
    if (entry.isDirectory) yield* sources(child);
    else if (/\.(ts|sql)$/.test(entry.name)) {
      yield { file: child, source: Deno.readTextFileSync(join(ROOT, child)) };
    }
  }
}

function specifiers(source: string): string[] {
  return [...source.matchAll(/(?:^|\n)\s*(?:import|export)\b[^;"']*?from\s*"([^"]+)"|\bimport\("([^"]+)"\)/g)]
    .map((match) => match[1] ?? match[2] ?? "");
}
