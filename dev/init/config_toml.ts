// The two functions and the schema in a project's `supabase/config.toml`, put in and taken out as text. What comes out is
// parsed, and has to say what the file said before, with ours or without, or it is not written.
import { isDeepStrictEqual } from "node:util";
import { parse } from "smol-toml";
import { z } from "zod";
import {
  SERVED_BY_DEFAULT,
  withFunction,
  withoutFunction,
  withoutSchema,
  withSchema,
} from "./config_edits.ts";
import { type FunctionName, FUNCTIONS } from "./engine.ts";

export const CONFIG_FILE = "supabase/config.toml";

/** The text, and what has changed in it, in words; or why it can't be changed. */
export type EditedConfig = { text: string; said: string[] } | { problem: string };

const Table = z.record(z.string(), z.unknown());

const Config = z.looseObject({
  api: z.looseObject({ schemas: z.array(z.string()).optional() }).optional(),
  functions: Table.optional(),
});
type Config = z.infer<typeof Config>;

/** Puts in what is not there yet. */
export function adoptedConfig(text: string, schema: string): EditedConfig {
  const read = readConfig(text);
  if ("problem" in read) return read;
  const { config } = read;
  const functions = config.functions ?? {};
  const served = config.api?.schemas ?? SERVED_BY_DEFAULT;
  const taken = FUNCTIONS.filter((name) => name in functions && !isSame(functions[name], ours(name)));
  if (taken.length > 0) {
    const tables = taken.map((name) => `[functions.${name}]`).join(" and ");
    return {
      problem: `${CONFIG_FILE} has ${tables} already. Take that out, or give your function another name.`,
    };
  }
  if (schema === "public" && !served.includes(schema)) {
    return {
      problem: `${CONFIG_FILE} does not serve the schema public ([api] schemas): use --schema agent.`,
    };
  }
  const added = FUNCTIONS.filter((name) => !(name in functions));
  const unserved = !served.includes(schema);
  let edited = unserved ? withSchema(text, schema, config.api?.schemas ?? null) : text;
  for (const name of added) edited = withFunction(edited, name);
  const after = readConfig(edited);
  if (
    "problem" in after ||
    !isSame(withoutOurs(config, schema), withoutOurs(after.config, schema)) ||
    !after.config.api?.schemas?.includes(schema) && unserved ||
    FUNCTIONS.some((name) => !isSame(after.config.functions?.[name], ours(name)))
  ) return { problem: byHand(schema) };
  return {
    text: edited,
    said: [
      ...(added.length === FUNCTIONS.length ? ["two functions"] : added.map((name) => `[functions.${name}]`)),
      ...(unserved ? [`"${schema}" in [api] schemas`] : []),
    ],
  };
}

/** Takes out what `adoptedConfig` has put in: what comes out is, byte for byte, what it was put into. */
export function releasedConfig(text: string, schema: string): EditedConfig {
  const read = readConfig(text);
  if ("problem" in read) return read;
  const { config } = read;
  const there = FUNCTIONS.filter((name) => name in (config.functions ?? {}));
  const served = schema !== "public" && config.api?.schemas?.includes(schema) === true;
  let edited = text;
  for (const name of there.toReversed()) edited = withoutFunction(edited, name);
  if (served) edited = withoutSchema(edited, schema);
  const after = readConfig(edited);
  if (
    "problem" in after ||
    !isSame(withoutOurs(config, schema), withoutOurs(after.config, schema)) ||
    served && after.config.api?.schemas?.includes(schema) ||
    FUNCTIONS.some((name) => name in (after.config.functions ?? {}))
  ) {
    const tables = there.map((name) => `[functions.${name}]`);
    const parts = [...tables, ...(served ? [`"${schema}" in [api] schemas`] : [])];
    return {
      problem: `${CONFIG_FILE} is written in a way that init can't edit. Take out ${parts.join(", ")}.`,
    };
  }
  return {
    text: edited,
    said: [
      ...there.map((name) => `[functions.${name}]`),
      ...(served ? [`"${schema}" in [api] schemas`] : []),
    ],
  };
}

/** What a project should know of its configuration, in sentences. */
export function notesOnConfig(text: string, schema: string): string[] {
  const read = readConfig(text);
  if ("problem" in read) return [];
  const { config } = read;
  const { remotes, edge_runtime, db } = NoteConfig.parse(config);
  const apart = Object.entries(remotes).filter(([, { api }]) =>
    api?.schemas && !api.schemas.includes(schema)
  );
  return [
    ...apart.map(([name]) => `[remotes.${name}.api] has schemas of its own: add "${schema}" to them.`),
    ...(edge_runtime?.deno_version === 1
      ? ["[edge_runtime] says deno_version = 1: the functions need 2."]
      : []),
    ...(config.api?.enabled === false ? ["[api] is not enabled: the functions need it."] : []),
    ...(db?.migrations?.schema_paths?.length
      ? [
        `The engine's tables are in none of your schema_paths: name yours to \`supabase db diff\` (--schema).`,
      ]
      : []),
  ];
}

const NoteConfig = z.looseObject({
  remotes: z.record(
    z.string(),
    z.looseObject({ api: z.looseObject({ schemas: z.array(z.string()).optional() }).optional() }),
  )
    .catch({}).default({}),
  edge_runtime: z.looseObject({ deno_version: z.unknown() }).optional().catch(undefined),
  db: z.looseObject({
    migrations: z.looseObject({ schema_paths: z.array(z.unknown()).optional() }).optional(),
  })
    .optional().catch(undefined),
});

/** The table of one of the functions. */
function ours(name: FunctionName): Record<string, unknown> {
  return {
    enabled: true,
    verify_jwt: false,
    import_map: "./functions/_agent/deno.json",
    entrypoint: `./functions/${name}/index.ts`,
  };
}

/** What is the project's own, as the CLI takes it: what is not said is as it is by default. */
function withoutOurs(config: Config, schema: string): unknown {
  const { functions = {}, api = {}, ...rest } = config;
  const own = Object.entries(functions).filter(([name]) => FUNCTIONS.every((one) => one !== name));
  const served = (api.schemas ?? SERVED_BY_DEFAULT).filter((name) => name !== schema);
  return { ...rest, functions: Object.fromEntries(own), api: { ...api, schemas: served } };
}

/** Whether two parts of a file say the same, whatever their objects are made of. */
function isSame(a: unknown, b: unknown): boolean {
  const plain = (value: unknown) => JSON.parse(JSON.stringify(value ?? null));
  return isDeepStrictEqual(plain(a), plain(b));
}

function readConfig(text: string): { config: Config } | { problem: string } {
  try {
    const read = Config.safeParse(parse(text));
    if (read.success) return { config: read.data };
    const [issue] = read.error.issues;
    return { problem: `${CONFIG_FILE} can't be read: ${issue?.path.join(".")}: ${issue?.message}.` };
  } catch (error) {
    const [first = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
    return { problem: `${CONFIG_FILE} can't be read: ${first}.` };
  }
}

function byHand(schema: string): string {
  return `${CONFIG_FILE} is written in a way that init can't edit: write [functions] as tables, and "schemas" in [api] ` +
    `as a list, with "${schema}" in it.`;
}
