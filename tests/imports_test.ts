// Imports point one way: functions -> compose, http -> agents -> contracts; tools, llm and db implement the
// agents' ports. And the core touches no clock, no network, no environment and no chance.
import assert from "node:assert/strict";
import { dirname, join, relative } from "node:path/posix";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** What every room of the agents may use. */
const AGENTS_CORE = [
  "shared/async",
  "shared/contracts",
  "shared/agents/store",
  "shared/agents/ports.ts",
  "shared/agents/deps.ts",
  "shared/agents/limits.ts",
];

/** For each room, the rooms it may import from, itself included, and the packages. */
const MAY_IMPORT: Record<string, { rooms: string[]; packages: string[] }> = {
  "shared/contracts": { rooms: ["shared/contracts"], packages: ["zod"] },
  "shared/version.ts": { rooms: [], packages: [] },
  "shared/async": { rooms: ["shared/async"], packages: [] },
  "shared/agents/limits.ts": { rooms: ["shared/contracts"], packages: [] },
  "shared/agents/ports.ts": { rooms: ["shared/contracts", "shared/agents/store"], packages: [] },
  "shared/agents/deps.ts": {
    rooms: ["shared/async", "shared/agents/ports.ts", "shared/agents/limits.ts"],
    packages: [],
  },
  "shared/agents/store": { rooms: ["shared/agents/store", "shared/contracts"], packages: [] },
  "shared/agents/durable": {
    rooms: [...AGENTS_CORE, "shared/agents/durable"],
    packages: [],
  },
  "shared/agents/loop": {
    rooms: [...AGENTS_CORE, "shared/agents/durable", "shared/agents/loop"],
    packages: ["zod"],
  },
  "shared/agents/planner": {
    rooms: [...AGENTS_CORE, "shared/agents/durable", "shared/agents/loop", "shared/agents/planner"],
    packages: ["zod"],
  },
  "shared/agents/executor": {
    rooms: [...AGENTS_CORE, "shared/agents/durable", "shared/agents/loop", "shared/agents/executor"],
    packages: [],
  },
  "shared/tools": {
    rooms: [
      "shared/tools",
      "shared/contracts",
      "shared/agents/ports.ts",
      "shared/db/domain_database.ts",
      "shared/db/read_only_db.ts",
      "shared/db/passing_failure.ts",
      "shared/async",
      "shared/db/receipts.ts",
    ],
    packages: ["zod", "@supabase/supabase-js", "temporal-polyfill"],
  },
  "shared/domain/database.types.ts": { rooms: [], packages: [] },
  "shared/domain": {
    rooms: [
      "shared/domain",
      "shared/tools",
      "shared/contracts",
      "shared/db/read_only_db.ts",
    ],
    packages: ["zod"],
  },
  "shared/llm": {
    rooms: ["shared/llm", "shared/async", "shared/contracts", "shared/agents/ports.ts"],
    packages: ["fastest-levenshtein", "zod", "openai", "eventsource-parser", "tokenx", "node:crypto"],
  },
  "shared/db": {
    rooms: [
      "shared/db",
      "shared/domain/database.types.ts",
      "shared/async",
      "shared/contracts",
      "shared/agents/ports.ts",
      "shared/agents/store",
    ],
    packages: ["zod", "@supabase/supabase-js", "node:crypto"],
  },
  "shared/http": {
    rooms: [
      "shared/version.ts",
      "shared/http",
      "shared/async",
      "shared/contracts",
      "shared/agents/ports.ts",
      "shared/db/clients.ts",
    ],
    packages: ["zod", "hono", "eventsource-parser", "@supabase/supabase-js"],
  },
  "shared/protocols": { rooms: ["shared/protocols", "shared/contracts"], packages: ["zod"] },
  // React is a peer of the hook's; that the rest is free of packages is told by its bundle.
  client: { rooms: ["client", "shared/contracts"], packages: ["react"] },
  "console/route.ts": { rooms: [], packages: [] },
  "console/navigate.ts": { rooms: ["console/route.ts"], packages: ["preact"] },
  "console/data": {
    rooms: ["console/data", "client", "shared/contracts"],
    packages: ["preact", "@supabase/auth-js", "@supabase/postgrest-js"],
  },
  "console/parts": {
    rooms: [
      "console/parts",
      "console/data",
      "console/route.ts",
      "console/navigate.ts",
      "client",
      "shared/contracts",
    ],
    packages: ["preact", "marked"],
  },
  "console/pages": { rooms: ["console", "client", "shared/contracts"], packages: ["preact"] },
  "console/app.tsx": { rooms: ["console"], packages: ["preact"] },
  "console/main.tsx": { rooms: ["console"], packages: ["preact"] },
  "shared/run_service.ts": {
    rooms: ["shared/agents", "shared/async", "shared/contracts", "shared/db", "shared/http"],
    packages: [],
  },
  "shared/decision_service.ts": {
    rooms: ["shared/agents/ports.ts", "shared/async", "shared/contracts", "shared/db"],
    packages: [],
  },
  "shared/client_answers.ts": {
    rooms: [
      "shared/contracts",
      "shared/db",
      "shared/http",
      "shared/protocols",
      "shared/decision_service.ts",
      "shared/run_service.ts",
    ],
    packages: [],
  },
  "shared/compose.ts": { rooms: ["shared"], packages: ["zod"] },
  "supabase/functions": { rooms: ["supabase/functions", "shared"], packages: ["hono", "zod"] },
};

const PURE = ["shared/contracts", "shared/agents", "shared/protocols"];
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

Deno.test("no file imports itself by way of others", () => {
  for (const room of ["shared", "client", "console", "dev", "supabase/functions", "bench"]) {
    const graph = new Map([...imports(room)].map(({ file, targets }) => [file, targets]));
    assert.deepEqual(circles(graph), [], room);
  }
});

Deno.test("no room imports itself by way of other rooms, and every file of shared/ is in one", () => {
  const graph = new Map<string, string[]>();
  for (const { file, targets } of imports("shared")) {
    const room = roomOf(file);
    const others = targets.map(roomOf).filter((other) => other !== room);
    graph.set(room, [...new Set([...graph.get(room) ?? [], ...others])]);
  }
  assert.deepEqual(circles(graph), []);
});

Deno.test("a file name occurs once in shared/ and client/", () => {
  const names = ["shared", "client"].flatMap((room) => [...sources(room)]).map(({ file }) =>
    file.split("/").at(-1)
  );
  assert.deepEqual(names.filter((name, i) => names.indexOf(name) !== i), []);
});

Deno.test("a name is exported once in shared/ and client/, whatever it names", () => {
  const pattern = /^export (?:abstract |async )?(?:function\*?|const|class|interface|type) (\w+)/gm;
  const places = new Map<string, Set<string>>();
  for (const { file, source } of ["shared", "client"].flatMap((room) => [...sources(room)])) {
    if (file.endsWith(".types.ts")) continue;
    for (const [, name = ""] of source.matchAll(pattern)) {
      places.set(name, (places.get(name) ?? new Set()).add(file));
    }
  }
  assert.ok(places.size > 200, "no names were found");
  const twice = [...places].filter(([, files]) => files.size > 1);
  assert.deepEqual(twice.map(([name, files]) => `${name}: ${[...files].join(", ")}`), []);
});

Deno.test("no line of a migration is longer than 120 characters", () => {
  for (const { file, source } of sources("supabase/migrations")) {
    assert.deepEqual(source.split("\n").filter((line) => line.length > 120), [], file);
  }
});

Deno.test("what is shared and what is for development imports nothing from the tests", () => {
  for (const room of ["shared", "client", "console", "dev", "supabase/functions"]) {
    for (const { file, targets } of imports(room)) {
      assert.deepEqual(targets.filter((target) => target.startsWith("tests/")), [], file);
    }
  }
});

/** The one file of the engine that knows the domain's types, and re-exports them. It has no code. */
const TYPE_DOOR = "shared/db/domain_database.ts";

Deno.test("only the functions import the domain; the engine has one door to it, for a type", () => {
  for (const { file, targets } of imports("shared")) {
    if (file.startsWith("shared/domain/")) continue;
    const known = targets.filter((target) => target.startsWith("shared/domain/"));
    assert.deepEqual(known, file === TYPE_DOOR ? ["shared/domain/database.types.ts"] : [], file);
  }
  const [{ source = "" } = {}] = sources(TYPE_DOOR);
  assert.match(source.replaceAll(/^\/\/.*$/gm, "").trim(), /^export type \{[^{}]*\} from "[^"]+";$/);
});

/** What is the demo workspace's own outside of `shared/domain`: its tests, demo, bench, pages, and one of the model's. */
const OF_THE_DOMAIN =
  /^tests\/(domain|bench|docs)\/|^dev\/(demo\/|demo\.ts|try\/|try\.ts|model\/brain\/|model\/main\.ts)/;

Deno.test("the engine's tests and the local stack import nothing of the demo workspace", () => {
  const its_own =
    /^shared\/domain\/|^tests\/(domain|bench|docs)\/|^dev\/(demo\/|try\/|model\/brain\/workspace)/;
  for (const room of ["tests", "dev"]) {
    for (const { file, targets } of imports(room)) {
      if (OF_THE_DOMAIN.test(file)) continue;
      assert.deepEqual(targets.filter((target) => its_own.test(target)), [], file);
    }
  }
});

for (const room of PURE) {
  Deno.test(`${room} is a function of its arguments`, () => {
    for (const { file, source } of sources(room)) {
      const code = source.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
      assert.equal(IMPURE.exec(code)?.[0], undefined, file);
    }
  });
}

Deno.test("the client runs where there is no Deno", () => {
  for (const { file, source } of sources("client")) assert.doesNotMatch(source, /\bDeno\b\s*\./, file);
});

/** What the client takes from the contracts besides types: what events add up to, which is free of packages. */
const REDUCER = ["run_state.ts", "answer.ts", "pick.ts"].map((file) => `shared/contracts/${file}`);

Deno.test("the client takes only types from the contracts, and what events add up to", () => {
  for (
    const { file, source } of [...sources("client"), ...REDUCER.flatMap((file) => [...sources(file)])]
  ) {
    const values = source.replaceAll(/^(import|export) type [^;]*;$/gm, "");
    for (const specifier of specifiers(values)) {
      const target = relative(ROOT, join(ROOT, dirname(file), specifier));
      if (!target.startsWith("client/")) {
        assert.ok(REDUCER.includes(target), `${file} imports ${target}`);
      }
    }
  }
});

Deno.test("no file of ours is longer than 400 lines", () => {
  for (const room of ["shared", "client", "console", "supabase", "dev", "tests", "bench"]) {
    for (const { file, source } of sources(room)) {
      if (file.endsWith(".types.ts")) continue;
      assert.ok(source.split("\n").length <= 401, `${file} is too long`);
    }
  }
});

Deno.test("no secret key is named in the request path", () => {
  for (const room of ["shared", "client", "supabase/functions"]) {
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
    if (entry.name === "node_modules") continue;
    if (entry.isDirectory) yield* sources(child);
    else if (/\.(tsx?|sql)$/.test(entry.name)) {
      yield { file: child, source: Deno.readTextFileSync(join(ROOT, child)) };
    }
  }
}

/** Each file of a room with the files of ours that it imports, types included. */
function* imports(room: string): Generator<{ file: string; targets: string[] }> {
  for (const { file, source } of sources(room)) {
    const own = specifiers(source).filter((specifier) => specifier.startsWith("."));
    yield { file, targets: own.map((specifier) => relative(ROOT, join(ROOT, dirname(file), specifier))) };
  }
}

/** The room of a file: of those that it stands in, the innermost. */
function roomOf(file: string): string {
  const [room] = Object.keys(MAY_IMPORT)
    .filter((name) => file === name || file.startsWith(`${name}/`))
    .sort((a, b) => b.length - a.length);
  assert.ok(room !== undefined, `${file} is in no room`);
  return room;
}

/** The circles of imports among files or rooms, each as those that it goes through. */
function circles(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const walk = (node: string, path: string[]) => {
    if (path.includes(node)) return void found.push([...path.slice(path.indexOf(node)), node].join(" -> "));
    if (done.has(node)) return;
    done.add(node);
    for (const target of graph.get(node) ?? []) walk(target, [...path, node]);
  };
  for (const node of graph.keys()) walk(node, []);
  return found;
}

/** What a file imports: its values, its types, for its effects alone, or when it is needed. */
function specifiers(source: string): string[] {
  const code = source.replaceAll(/^\s*(\/\/|\*|\/\*).*$/gm, "").replaceAll(/(?<=[,{};\s])\/\/.*$/gm, "");
  const quoted = String.raw`(?:"([^"]+)"|'([^']+)'|\`([^\`]+)\`)`;
  const pattern = new RegExp(
    [
      String.raw`^\s*(?:import|export)\b[^;"'\`]*?\bfrom\s*${quoted}`,
      String.raw`(?:^|;)[ \t]*import\s*${quoted}`,
      String.raw`\b(?:import|require)\s*\(\s*${quoted}`,
    ].join("|"),
    "gm",
  );
  return [...code.matchAll(pattern)].map(([, ...groups]) =>
    groups.find((group) => group !== undefined) ?? ""
  );
}

Deno.test("every way to import a file is seen", () => {
  const source = `import { a } from "./a.ts";
import type { B } from "./b.ts";
import "./c.ts";
export * from "./d.ts";
export {
  e,
} from "./e.ts";
const f = await import("./f.ts");
const g = await import(
  "./g.ts"
);
import h, { i } from "./h.ts";
import {
  j, // what's here; and there
} from "./i.ts"; import "./j.ts";
import type K = require("./k.ts");
type L = import("./l.ts").L;
import * as m from './m.ts';
const n = await import(\`./n.ts\`);`;
  assert.deepEqual(
    specifiers(source),
    [..."abcdefghijklmn"].map((name) => `./${name}.ts`),
  );
});
