// The probes: doors that are tried, where the checks only read what the catalogue says of them. Row-level security is
// asked before constraints are, so that a row need not be a good one to be refused; one that a constraint refuses has
// got past it.
import type { Finding, Tried, Unseen } from "./finding.ts";
import type { Relation } from "./relations.ts";
import { type Answer, literal, type Try } from "./tries.ts";

export interface Probe {
  id: string;
  tries: string;
  role: "authenticated" | "anon";
  /** The tries at a relation; none where it has no such door. */
  tryAt(relation: Relation, users: { self: string; other: string }): Try[];
  /** It proves nothing where there are no rows. */
  needs_rows: boolean;
  /** What is wrong if it came through. */
  detail: string;
}

const REFUSED = "42501";

const isTable = ({ kind }: Relation) => kind === "table" || kind === "partitioned";

export const PROBES: readonly Probe[] = [
  {
    id: "P1",
    tries: "a new user reads anybody's row",
    role: "authenticated",
    needs_rows: true,
    tryAt: ({ name }) => [{ statement: `select 1 from ${name} limit 1` }],
    detail: "a user who has just come reads a row",
  },
  {
    id: "P2",
    tries: "a new user changes or deletes anybody's row",
    role: "authenticated",
    needs_rows: true,
    tryAt: (relation, { self }) => {
      if (!isTable(relation)) return [];
      const { name, changed_column, owner_column, owner_may_change } = relation;
      const changes = [
        ...(changed_column === null ? [] : [`${changed_column} = null`]),
        ...(owner_may_change ? [`${owner_column} = ${literal(self)}`] : []),
      ];
      return [`delete from ${name}`, ...changes.map((change) => `update ${name} set ${change}`)]
        .map((statement) => ({ statement }));
    },
    detail: "a user who has just come gets at a row to change or delete it",
  },
  {
    id: "P3",
    tries: "whoever has no token reads or adds a row",
    role: "anon",
    needs_rows: false,
    tryAt: (relation) => [
      { statement: `select 1 from ${relation.name} limit 1` },
      ...(isTable(relation) ? [{ statement: `insert into ${relation.name} default values` }] : []),
    ],
    detail: "whoever has no token is not refused",
  },
  {
    id: "P4",
    tries: "a user adds a row that is another's",
    role: "authenticated",
    needs_rows: false,
    tryAt: (relation, { other }) =>
      isTable(relation) && relation.owner_column !== null
        ? [{
          statement: `insert into ${relation.name} (${relation.owner_column}) values (${literal(other)})`,
        }]
        : [],
    detail: "a user adds a row in another's name, or is stopped by a constraint alone",
  },
  {
    id: "P5",
    tries: "a user makes a row another's",
    role: "authenticated",
    needs_rows: true,
    // Without a condition: one would have the new row asked whether its user may read it, too.
    tryAt: (relation, { other }) =>
      isTable(relation) && relation.owner_column !== null
        ? [{
          as: relation.some_owner ?? undefined,
          statement: `update ${relation.name} set ${relation.owner_column} = ${literal(other)}`,
        }]
        : [],
    detail: "a user gives a row to another, or is stopped by a constraint alone",
  },
];

/** What the answers to a probe's tries come to, in the order of `relations`. */
export function judge(
  probe: Probe,
  tried: readonly { relation: Relation; answers: readonly Answer[] }[],
): { tried: Tried; findings: Finding[]; unseen: Unseen[] } {
  const findings: Finding[] = [];
  const unseen: Unseen[] = [];
  for (const { relation, answers } of tried) {
    const object = relation.name;
    if (answers.some((answer) => cameThrough(probe, relation, answer))) {
      findings.push({ check_id: probe.id, level: "error", object, detail: probe.detail });
      continue;
    }
    const odd = answers.find((answer) => "code" in answer && answer.code !== REFUSED);
    if (odd && "code" in odd) {
      unseen.push({ object, why: `${probe.id} was stopped by ${odd.code}: ${odd.message}` });
    }
  }
  return { findings, unseen, tried: sumOf(probe, tried) };
}

function sumOf(probe: Probe, tried: readonly { relation: Relation; answers: readonly Answer[] }[]): Tried {
  // Where a right is missing, a row would change nothing.
  const vacuous = tried.filter(({ relation, answers }) =>
    probe.needs_rows && !relation.has_rows && answers.some((answer) => !("code" in answer))
  );
  return { probe: probe.id, tries: probe.tries, on: tried.length, without_rows: vacuous.length };
}

function cameThrough(probe: Probe, relation: Relation, answer: Answer): boolean {
  if (!("code" in answer)) return probe.role === "anon" || answer.rows > 0;
  if (answer.code === REFUSED) return false;
  if (probe.role === "anon") return true;
  // A partition is looked for before row-level security is asked; a domain's constraint, too, which names no table.
  if (relation.kind === "partitioned" && answer.code === "23514") return false;
  return answer.code.startsWith("23") && answer.table !== undefined;
}
