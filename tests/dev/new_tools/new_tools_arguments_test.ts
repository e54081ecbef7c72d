// The flags of `deno task new-tools`.
import assert from "node:assert/strict";
import { commandFor, newToolsArguments } from "../../../dev/new_tools/new_tools_arguments.ts";
import { askedFor } from "../../../dev/new_tools/show_diff.ts";

function asked(...args: string[]) {
  const read = newToolsArguments(["--into", "app", ...args]);
  assert.ok(read !== "help" && !("problem" in read), JSON.stringify(read));
  return read;
}

function problem(...args: string[]) {
  const read = newToolsArguments(args);
  return typeof read === "object" && "problem" in read ? read.problem : JSON.stringify(read);
}

Deno.test("tables are named once or several times; both writes are meant unless others are said", () => {
  const { tables, writes, mode, columns } = asked("--table", "a", "--table", "b", "c", "a");
  assert.deepEqual({ tables, writes, mode, columns }, {
    ...{ tables: ["a", "b", "c"], writes: ["create", "update"], mode: "write", columns: undefined },
  });
  assert.deepEqual(asked("--table", "a", "--read-only").writes, []);
  assert.deepEqual(asked("--table", "a", "--write", "update").writes, ["update"]);
  assert.deepEqual(asked("--table", "a", "--columns", "x, y,x").columns, ["x", "y"]);
});

const WRONG: [args: string[], said: RegExp][] = [
  [["--table", "a"], /--into DIR/],
  [["--into", "app"], /--table NAME, or --all/],
  [["--into", "app", "deals"], /Say --table before deals/],
  [["--into", "app", "--all", "--table", "a"], /not both/],
  [["--into", "app", "--table", "a", "--write", "delete"], /no "delete"/],
  [["--into", "app", "--table", "a", "--write", ""], /--write takes/],
  [["--into", "app", "--table", "a", "--write", "create", "--read-only"], /not both/],
  [["--into", "app", "--table", "a", "--diff", "--dry-run"], /not both/],
  [["--into", "app", "--table", "a", "--diff", "--migration-only"], /not both/],
  [["--into", "app", "--table", "a", "b", "--one", "x"], /--one is about one table/],
  [["--into", "app", "--all", "--columns", "x"], /--columns is about one table/],
  [["--into", "app", "--table", "a", "--columns", ","], /--columns needs names/],
  [["--into", "app", "--table", "a", "--db-url", "app"], /postgresql:\/\//],
  [["--into", "app", "--tabel", "a"], /did you mean --table\?/],
  [["--into", "app", "--table", ""], /needs a name/],
];

for (const [args, said] of WRONG) {
  Deno.test(`${args.join(" ")}: is told what is wrong`, () => assert.match(problem(...args), said));
}

Deno.test("the head of a file says what it was made by, and that is what is compared", () => {
  for (
    const flags of [["--read-only"], ["--write", "create", "--columns", "a,b", "--one", "thing"], [
      "--without-rls",
    ], []]
  ) {
    const before = asked("--table", "it's a table", ...flags);
    const head = `// The tools.\n// deno task new-tools ${commandFor("it's a table", before)}\n// and more`;
    assert.deepEqual(askedFor(head, "app"), before);
  }
  assert.equal(askedFor("// Mine.", "app"), null);
});
