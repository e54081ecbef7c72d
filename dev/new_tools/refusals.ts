// Why a relation gets no tools, each time with what mends it.
import { nearest } from "../../shared/llm/models/row_faults.ts";
import { isPlainName } from "./naming.ts";
import { ownerColumn } from "./owner_column.ts";
import type { Catalog } from "./read_catalog.ts";
import type { Relation } from "./relation.ts";
import { SYSTEM } from "./system_schemas.ts";

/** The relation of that name, or a sentence about why there is none to make tools for. */
export function findRelation(
  asked: string,
  { relations, engine_tables }: Pick<Catalog, "relations" | "engine_tables">,
  engine_schema: string,
): Relation | { problem: string } {
  const dot = asked.indexOf(".");
  const is_there = (name: string) => relations.find((one) => one.name === name);
  if (dot > 0 && is_there(asked) === undefined) {
    const [schema, name] = [asked.slice(0, dot), asked.slice(dot + 1)];
    if (schema !== "public") return { problem: elsewhere(schema, name, engine_schema) };
    return findRelation(name, { relations, engine_tables }, engine_schema);
  }
  if (engine_tables.includes(asked)) {
    return { problem: `"${asked}" is the engine's own: agents reach it by no tool.` };
  }
  const relation = is_there(asked);
  if (relation !== undefined) return relation;
  const meant = nearest(
    asked,
    relations.map(({ name }) => name).filter((name) => !engine_tables.includes(name)),
  );
  return {
    problem: `There is no table or view "${asked}" in schema public${
      meant === null ? "." : `; did you mean ${meant}?`
    } A new one has to be in a migration, or be read with --db-url.`,
  };
}

function elsewhere(schema: string, name: string, engine_schema: string): string {
  if ([engine_schema, `${engine_schema}_private`].includes(schema)) {
    return `"${schema}.${name}" is the engine's own: agents reach it by no tool.`;
  }
  if (SYSTEM.test(schema)) {
    return `"${schema}.${name}" is the platform's: tools are for tables of the project's own.`;
  }
  return `Tools read schema public alone. Show "${schema}.${name}" there: create view public.${
    isPlainName(name) ? name : "a_name"
  } with (security_invoker = true) as select …`;
}

/** The sentences that say what has to be mended first; none where it can have tools. */
export function refusals(relation: Relation, { without_rls }: { without_rls: boolean }): string[] {
  const { name, quoted, kind } = relation;
  if (!isPlainName(name)) {
    return [
      `The name "${name}" has more in it than letters, digits and _, which no query can hold as it is. ` +
      `Make a view over it: create view public.a_name with (security_invoker = true) as select * from ${quoted};`,
    ];
  }
  const only = unreadableKind(relation);
  if (only !== undefined) return [only];
  return [
    noRights(relation),
    kind === "view" || kind === "foreign table" ? undefined : noPolicies(relation, without_rls),
    kind === "view" && !relation.is_security_invoker
      ? `The view "${name}" reads with the rights of its owner, so that users would see each other's rows. ` +
        `Mend it: alter view ${quoted} set (security_invoker = true);`
      : undefined,
    kind === "foreign table" && !without_rls
      ? `The foreign table "${name}" can have no policies, so that every user sees all of its rows. ` +
        `Where that is meant, say --without-rls: its tools read only.`
      : undefined,
  ].filter((problem) => problem !== undefined);
}

function unreadableKind({ name, kind, quoted }: Relation): string | undefined {
  if (kind === "materialized view") {
    return `The materialized view "${name}" holds everybody's rows and can have no policies. ` +
      `Make tools of the tables below it, or of a view that shows what users may see.`;
  }
  if (kind === "partition") return `"${quoted}" is a part of a partitioned table: name that table.`;
}

function noRights({ name, quoted, columns }: Relation): string | undefined {
  if (columns.some(({ may_select }) => may_select)) return undefined;
  return `Users may not read "${name}". Where they should: grant select on ${quoted} to authenticated;`;
}

function noPolicies(relation: Relation, without_rls: boolean): string | undefined {
  const { name, quoted, has_rls, policies } = relation;
  if (!has_rls) {
    return without_rls
      ? undefined
      : `Row-level security is off on "${name}", so that every user sees all rows. ` +
        `Mend it: alter table ${quoted} enable row level security; and a policy. ` +
        `Where all rows are for everybody, say --without-rls: its tools read only.`;
  }
  const read = policies.some(({ command }) => command === "select" || command === "all");
  const owner = ownerColumn(relation);
  const condition = owner === undefined ? "…" : `(select auth.uid()) = ${owner.quoted}`;
  return read ? undefined : `No policy lets users see rows of "${name}". Where they should: ` +
    `create policy "own rows" on ${quoted} for select to authenticated using (${condition});`;
}
