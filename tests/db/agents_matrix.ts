// The access matrix of one table: every caller, every command, and what Postgres must say to it. It runs inside
// a transaction, so that it can be asked again after a policy was broken there.
import postgres, { type TransactionSql } from "postgres";
import { INSERTABLE_COLUMNS } from "./schema_expected.ts";
import { insertRow, type Row, type TableSpec, updatable, type World } from "./agents_world.ts";

type Identity = { role: "authenticated"; sub: string } | { role: "authenticated" | "anon" | "service_role" };

interface Cell {
  what: string;
  as: Identity;
  run(sql: TransactionSql): PromiseLike<{ count: number }>;
  /** The number of rows, or what refused it. */
  expect: number | string;
}

// Both are 42501; which of the two locks held is part of the matrix.
const NO_RIGHT = "no right";
const POLICY = "policy";
const NO_SUCH_PARENT = "23503";

/** Asks the cells of the table's matrix, one after the other, and yields those that answer otherwise. */
export async function* matrixFaults(
  sql: TransactionSql,
  spec: TableSpec,
  { mine, theirs }: { mine: World; theirs: World },
): AsyncGenerator<string> {
  const columns = await sql<{ name: string }[]>`select attname::text as name from pg_attribute
    where attrelid = ${`public.${spec.name}`}::regclass and attnum > 0 and not attisdropped
    and attgenerated = ''`;
  for (const cell of cells(spec, { mine, theirs, columns: columns.map(({ name }) => name) })) {
    const outcome = await tryCell(sql, spec, cell);
    if (outcome !== cell.expect) yield `${cell.what}: ${outcome} instead of ${cell.expect}`;
  }
}

interface Ground {
  mine: World;
  theirs: World;
  columns: string[];
}

function* cells(spec: TableSpec, ground: Ground): Generator<Cell> {
  const { mine, theirs } = ground;
  const updates = updatable(spec);
  const rows = spec.rows ?? 1;
  const table = `public."${spec.name}"`;
  const me: Identity = { role: "authenticated", sub: mine.user_id };
  const nobody: Identity = { role: "authenticated" };
  const own = `where user_id = '${mine.user_id}'`;
  const other = `where user_id = '${theirs.user_id}'`;
  const statement = (text: string) => (sql: TransactionSql) => sql.unsafe(text);
  const insert = (row: Row) => (sql: TransactionSql) => insertRow(sql, spec.name, row);

  yield { what: "reads its own row", as: me, run: statement(`select from ${table} ${own}`), expect: rows };
  yield { what: "reads another's row", as: me, run: statement(`select from ${table} ${other}`), expect: 0 };
  yield { what: "reads without a user", as: nobody, run: statement(`select from ${table}`), expect: 0 };

  yield { what: "adds a row", as: me, run: insert(spec.row(mine)), expect: 1 };
  yield { what: "adds a row for another", as: me, run: insert(spec.row(theirs)), expect: POLICY };
  yield {
    what: "adds a row of another among its own",
    as: me,
    run: insert({ ...spec.row(mine), user_id: theirs.user_id }),
    expect: POLICY,
  };
  yield {
    what: "adds a row for nobody",
    as: me,
    run: insert({ ...spec.row(mine), user_id: null }),
    expect: POLICY,
  };
  yield { what: "adds without a user", as: nobody, run: insert(spec.row(mine)), expect: POLICY };
  for (const [column, parent] of Object.entries(spec.parents)) {
    // The same answer for a row of another and for none, so that it tells nobody which ids exist.
    const forge = (id: string) => insert({ ...spec.row(mine), [column]: id });
    yield { what: `forges ${column}`, as: me, run: forge(theirs[parent]), expect: NO_SUCH_PARENT };
    yield { what: `invents ${column}`, as: me, run: forge(crypto.randomUUID()), expect: NO_SUCH_PARENT };
    if (parent === "chat_sessions" && "run_id" in spec.parents) {
      const run = forge(mine.quiet_session);
      yield {
        what: `names another conversation than its run's by ${column}`,
        as: me,
        run,
        expect: NO_SUCH_PARENT,
      };
    }
  }

  const given = INSERTABLE_COLUMNS[spec.name] ?? ground.columns;
  for (const column of ground.columns.filter((column) => !given.includes(column))) {
    const row = insert({ ...spec.row(mine), [column]: null });
    yield { what: `says ${column} of a new row`, as: me, run: row, expect: NO_RIGHT };
  }

  const touched = (allowed: number | string) => updates.length > 0 ? allowed : NO_RIGHT;
  const change = spec.changes ?? (updates.includes("status") ? "status" : "user_id");
  yield {
    what: "changes another's row",
    as: me,
    run: statement(`update ${table} set ${change} = ${change} ${other}`),
    expect: touched(0),
  };
  // Nothing is read here, so the policy for reading does not help.
  yield {
    what: "changes all rows at once",
    as: me,
    run: statement(`update ${table} set ${change} = default`),
    expect: touched(rows),
  };
  for (const column of ground.columns) {
    yield {
      what: `changes ${column}`,
      as: me,
      run: statement(`update ${table} set "${column}" = "${column}" ${own}`),
      expect: updates.includes(column) ? rows : NO_RIGHT,
    };
  }
  const taken = { ...spec.row(mine), ...(given.includes("id") && { id: Object(theirs)[spec.name] }) };
  yield { what: "has an id that another has too", as: me, run: insert(taken), expect: 1 };
  const keys = ["user_id, id", "user_id, run_id, seq", "user_id, session_id, number"];
  const key = keys.find((key) => key.split(", ").every((column) => ground.columns.includes(column)));
  yield {
    what: "overwrites another's row by upsert",
    as: me,
    run: (sql) => {
      const names = Object.keys(taken).map((name) => `"${name}"`).join(", ");
      return sql.unsafe(
        `insert into ${table} (${names}) select ${names} from jsonb_populate_record(null::${table},
          $1::text::jsonb) on conflict (${key}) do update set ${change} = excluded.${change}`,
        [JSON.stringify(taken)],
      );
    },
    // It is a row of one's own: there is no conflict.
    expect: touched(1),
  };
  yield {
    what: "deletes its own row",
    as: me,
    run: statement(`delete from ${table} ${own}`),
    expect: NO_RIGHT,
  };
  yield { what: "empties the table", as: me, run: statement(`truncate ${table} cascade`), expect: NO_RIGHT };

  for (const [role, reads] of [["anon", NO_RIGHT], ["service_role", 2 * rows]] as const) {
    const as: Identity = { role };
    yield { what: `${role} reads`, as, run: statement(`select from ${table}`), expect: reads };
    yield { what: `${role} adds`, as, run: insert(spec.row(mine)), expect: NO_RIGHT };
    yield {
      what: `${role} changes`,
      as,
      run: statement(`update ${table} set ${change} = ${change}`),
      expect: NO_RIGHT,
    };
    yield { what: `${role} deletes`, as, run: statement(`delete from ${table}`), expect: NO_RIGHT };
  }
}

/** Runs the cell as its caller, and takes back what it did. */
async function tryCell(sql: TransactionSql, spec: TableSpec, cell: Cell): Promise<number | string> {
  const taken_back = new Error("taken back");
  let outcome: number | string = "nothing";
  try {
    await sql.savepoint(async (inner) => {
      await inner`select set_config('request.jwt.claims', ${JSON.stringify(cell.as)}, true),
        set_config('role', ${cell.as.role}, true)`;
      outcome = (await cell.run(inner)).count;
      // Postgres looks at references at the end of a statement, so nothing is outstanding here.
      throw taken_back;
    });
  } catch (error) {
    if (error === taken_back) return outcome;
    if (!(error instanceof postgres.PostgresError)) throw error;
    if (error.code !== "42501") return error.code;
    if (/row-level security/.test(error.message)) return POLICY;
    // What a trigger may not do is no right that the table withholds.
    return error.message === `permission denied for table ${spec.name}` ? NO_RIGHT : error.message;
  }
  return outcome;
}
