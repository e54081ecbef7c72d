// Holds what a turn changed in the workspace against what it should have changed, and nothing else.
import type { Faults } from "./task.ts";
import type { Change, Table } from "./workspace.ts";

/** What a field should hold: the value itself, or something that is recognised. */
export type Wanted = string | number | boolean | null | Recognised;

export interface Recognised {
  is(value: unknown): boolean;
  /** It, in words. */
  says: string;
}

type Fields = Record<string, Wanted>;

export type Expected =
  /** Fields that are not named may hold anything. */
  | { change: "created"; table: Table; fields: Fields }
  /** No other field changes. */
  | { change: "updated"; table: Table; row: { id: string }; fields: Fields };

interface Match {
  change: Change | undefined;
  faults: Faults;
}

/** Faults where an expected change is missing or is another, and where there is one that nobody expected. */
export function changeFaults(
  changes: readonly Change[],
  expected: readonly Expected[],
  isAllowed: (change: Change) => boolean = () => false,
): Faults {
  const left = new Set(changes);
  const faults = expected.flatMap((one) => {
    const { change, faults } = best(one, [...left]);
    if (change) left.delete(change);
    return faults;
  });
  const others = [...left].filter((change) => !isAllowed(change));
  return [
    ...faults,
    ...others.map((change) => `expected nothing else to change, and ${describeChange(change)}`),
  ];
}

/** The text, whatever its case and its full stop. */
export function text(wanted: string): Recognised {
  const plain = (value: string) => value.normalize().trim().replace(/[.!]$/, "").toLowerCase();
  return {
    is: (value) => typeof value === "string" && plain(value) === plain(wanted),
    says: JSON.stringify(wanted),
  };
}

/** The instant, however it is written. */
export function at(wanted: string): Recognised {
  return {
    is: (value) => typeof value === "string" && Date.parse(value) === Date.parse(wanted),
    says: wanted,
  };
}

export const ANY_TIME: Recognised = {
  is: (value) => typeof value === "string" && !Number.isNaN(Date.parse(value)),
  says: "a time",
};

/** Such as `the task "Buy milk" was updated (status "backlog" to "done")`. */
export function describeChange({ table, change, title, fields }: Change): string {
  const changed = Object.entries(fields).map(([key, { before, after }]) =>
    `${key} ${short(before)} to ${short(after)}`
  );
  const what = `${NOUN[table]} ${JSON.stringify(title)} was ${change}`;
  return changed.length === 0 ? what : `${what} (${changed.join(", ")})`;
}

const NOUN: Record<Table, string> = {
  projects: "the project",
  tasks: "the task",
  notes: "the note",
  brain_dumps: "the brain dump",
  calendar_events: "the event",
};

/** Of the changes that could be meant, the one that is least wrong. */
function best(expected: Expected, changes: readonly Change[]): Match {
  const candidates = changes.filter((change) =>
    change.change === expected.change && change.table === expected.table &&
    (expected.change === "created" || change.id === expected.row.id)
  );
  const matches = candidates.map((change): Match => ({ change, faults: fieldFaults(expected, change) }));
  const [first] = matches.toSorted((a, b) => a.faults.length - b.faults.length);
  return first ?? { change: undefined, faults: [missing(expected)] };
}

function missing({ change, table, fields }: Expected): string {
  const wanted = Object.entries(fields).map(([key, value]) => `${key} ${inWords(value)}`).join(", ");
  return `expected one of the ${table.replace("_", " ")} to be ${change} (${wanted}), and none was`;
}

function fieldFaults(expected: Expected, { title, row, fields }: Change): Faults {
  const wrong = Object.entries(expected.fields).flatMap(([key, wanted]) =>
    holds(wanted, row[key])
      ? []
      : [`expected ${key} of ${JSON.stringify(title)} to be ${inWords(wanted)}, and it is ${short(row[key])}`]
  );
  if (expected.change === "created") return wrong;
  const more = Object.keys(fields).filter((key) => !(key in expected.fields));
  return [
    ...wrong,
    ...more.map((key) =>
      `expected ${key} of ${JSON.stringify(title)} to stay, and it became ${short(row[key])}`
    ),
  ];
}

function holds(wanted: Wanted, value: unknown): boolean {
  return wanted !== null && typeof wanted === "object" ? wanted.is(value) : wanted === value;
}

function inWords(wanted: Wanted): string {
  return wanted !== null && typeof wanted === "object" ? wanted.says : JSON.stringify(wanted);
}

function short(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
