// What a platform's default grants give away comes as a finding for each table: one migration mends them all.
import type { Finding } from "./finding.ts";

/** As the checks name it: a relation, a role, its rights. */
const GRANT = /^(.+) \((anon|authenticated): ([a-z, ]+)\)$/;
const DEFAULTS = /^defaults of (.+) in (?:schema (.+)|every schema) \((anon|authenticated): (.+)\)$/;

const NEXT =
  "-- What is made after this needs grants of its own, such as: grant select on … to authenticated;";

/** The lines of SQL that take away what these findings name, where there are several; else none. */
export function grantsMend(findings: readonly Finding[]): string[] {
  const grants = findings.flatMap(({ check_id, object }) => {
    const [, name = "", role = "", rights = ""] = GRANT.exec(object) ?? [];
    if (check_id === "S09" && role === "anon" && !name.startsWith("schema ")) {
      return [{ name, role, rights: "all" }];
    }
    return check_id === "S10" && role !== "" ? [{ name, role, rights }] : [];
  });
  if (grants.length < 2) return [];
  const alike = Map.groupBy(grants, ({ role, rights }) => `${rights} from ${role}`);
  const revokes = [...alike.values()].flatMap(([first, ...more]) =>
    first === undefined ? [] : [
      `revoke ${first.rights} on`,
      ...[first, ...more].map(({ name }, at) => `  ${name}${at === more.length ? "" : ","}`),
      `from ${first.role};`,
    ]
  );
  const defaults = findings.filter(({ check_id }) => check_id === "S14").flatMap(({ object }) => {
    const [, owner = "", schema, role = "", rights = ""] = DEFAULTS.exec(object) ?? [];
    const [, kind] = / on (tables|sequences|functions|types|schemas)$/.exec(rights) ?? [];
    if (kind === undefined) return [];
    const where = schema === undefined ? "" : ` in schema "${schema.replaceAll('"', '""')}"`;
    return [`alter default privileges for role ${owner}${where} revoke all on ${kind} from ${role};`];
  });
  return [...revokes, ...(defaults.length === 0 ? [] : [NEXT, ...defaults])];
}
