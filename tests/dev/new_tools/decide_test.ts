// The rules by which a relation's tools are decided, one by one.
import assert from "node:assert/strict";
import { decide } from "../../../dev/new_tools/decide.ts";
import type { Wish } from "../../../dev/new_tools/facts.ts";
import { namesFor } from "../../../dev/new_tools/naming.ts";
import type { Relation } from "../../../dev/new_tools/relation.ts";
import { writeMigration } from "../../../dev/new_tools/write_migration.ts";
import { engineSchemas } from "../../../dev/schema/engine_schemas.ts";
import { subjectOf } from "../../../dev/new_tools/subject.ts";
import { column, ID, relation } from "../../support/new_tools/relations.ts";

function planOf(one: Relation, wish: Partial<Wish> = {}, others: Relation[] = []) {
  const names = namesFor(one.name);
  assert.ok(!("problem" in names));
  return decide(one, names, { writes: ["create", "update"], ...wish }, [one, ...others]);
}

const names = (all: readonly { name: string }[] = []) => all.map(({ name }) => name);

const TITLE = column("title", { not_null: true });

Deno.test("the owner's column is no argument and is not shown, unless it is part of the key", () => {
  const { shown, writes } = planOf(relation("deals", [TITLE]));
  assert.deepEqual(names(shown.columns), ["id", "title"]);
  assert.deepEqual(names(writes.create?.arguments), ["title"]);
  const members = planOf(relation("members", [column("team_id", { type: "uuid", not_null: true })], {
    key: ["team_id", "user_id"],
  }));
  assert.deepEqual(names(members.key), ["team_id", "user_id"]);
  assert.ok(names(members.shown.columns).includes("user_id"));
  assert.deepEqual(names(members.writes.create?.arguments), ["team_id", "id"]);
});

Deno.test("an owner's column without a default is filled with the user's id", () => {
  const one = relation("todos", [TITLE]);
  const columns = one.columns.map((each) => each.name === "user_id" ? { ...each, default: null } : each);
  assert.equal(planOf({ ...one, columns }).writes.create?.fills_owner, true);
  assert.equal(planOf(one).writes.create?.fills_owner, false);
});

Deno.test("search vectors, bytes, secrets, soft deletion and what users may not read are not shown", () => {
  const hidden = [
    column("search", { type: "tsvector", generated: "x" }),
    column("image", { type: "bytea" }),
    column("embedding", { type: "vector", is_native: false }),
    ...["password", "api_token", "secret_note", "password_hash"].map((name) => column(name)),
    column("deleted_at", { type: "timestamptz" }),
    column("salary", { may_select: false }),
  ];
  const { shown, deleted, writes } = planOf(relation("people", [TITLE, ...hidden]));
  assert.deepEqual(names(shown.columns), ["id", "title"]);
  assert.equal(deleted?.filter, '.is("deleted_at", null)');
  assert.deepEqual(names(writes.create?.arguments), ["title"]);
});

Deno.test("of many columns 24 are shown and 8 listed, the first long text always among those shown", () => {
  const many = Array.from({ length: 40 }, (_, i) => column(`n${i}`, { type: "int4" }));
  const { shown, notes } = planOf(relation("wide", [TITLE, ...many, column("notes"), column("remarks")]));
  assert.equal(shown.columns.length, 24);
  assert.equal(shown.listed.length, 8);
  assert.ok(names(shown.columns).includes("notes"));
  assert.ok(!names(shown.columns).includes("remarks"));
  assert.ok(!names(shown.listed).includes("notes"));
  assert.match(notes.join("\n"), /20 of 45 columns are left out/);
});

Deno.test("--columns says which count, and all of them do then", () => {
  const many = Array.from({ length: 40 }, (_, i) => column(`n${i}`, { type: "int4" }));
  const { shown, writes } = planOf(relation("wide", [TITLE, ...many]), {
    columns: many.map(({ name }) => name),
  });
  assert.equal(shown.columns.length, 41);
  assert.ok(!names(shown.columns).includes("title"));
  assert.deepEqual(names(writes.update?.arguments), many.map(({ name }) => name));
});

Deno.test("a generated search vector is searched, with the words of its language; else the title is", () => {
  const search = column("search", {
    ...{ type: "tsvector", generated: "to_tsvector('english'::regconfig, title)" },
  });
  const found = planOf(relation("tickets", [TITLE, search])).list.search;
  assert.deepEqual(found && { ...found, column: found.column.name }, {
    ...{ by: "full text", column: "search", config: "english" },
  });
  assert.equal(planOf(relation("tickets", [TITLE])).list.search?.by, "title");
  assert.equal(planOf(relation("tickets", [column("n", { type: "int4" })])).list.search, null);
});

Deno.test("lists are filtered by closed sets, references and flags, and by one range of time that says most", () => {
  const customers = relation("customers", [column("name", { not_null: true })]);
  const deals = relation("deals", [
    ...[TITLE, column("stage", { type: "deal_stage", type_kind: "enum", labels: ["a", "b"] })],
    column("customer_id", { type: "uuid" }),
    ...[column("won", { type: "bool" }), column("created_at", { type: "timestamptz", default: "now()" })],
    ...[column("seen_on", { type: "date" }), column("due_on", { type: "date" })],
  ], {
    references: [{
      ...{
        constraint: "deals_customer_id_fkey",
        columns: ["customer_id"],
        schema: "public",
        table: "customers",
      },
      target_columns: ["id"],
    }],
  });
  const { list, shown } = planOf(deals, {}, [customers]);
  assert.deepEqual([names(list.sets), names(list.references), names(list.flags)], [
    ["stage"],
    ["customer_id"],
    ["won"],
  ]);
  assert.equal(list.range?.name, "due_on");
  assert.deepEqual(list.sorts.map(({ column, rises }) => [column.name, rises]), [
    ...[["created_at", false], ["due_on", true], ["title", true]],
  ]);
  assert.deepEqual(shown.embedded.map(({ name, title }) => [name, title.name]), [["customer", "name"]]);
});

Deno.test("two references to one table are told apart; one to the table itself is told by its id alone", () => {
  const people = relation("people", [column("name", { not_null: true })]);
  const reference = (name: string, table: string) => ({
    ...{ constraint: `fk_${name}`, columns: [name], schema: "public", table, target_columns: ["id"] },
  });
  const { shown } = planOf(
    relation(
      "tasks",
      ["from_id", "to_id", "parent_id", "author_id"].map((name) => column(name, { type: "uuid" })),
      {
        references: [
          ...[reference("from_id", "people"), reference("to_id", "people"), reference("parent_id", "tasks")],
          { ...reference("author_id", "users"), schema: "auth" },
        ],
      },
    ),
    {},
    [people],
  );
  assert.deepEqual(
    shown.embedded.map(({ name, constraint }) => [name, constraint]),
    [
      ...[["from", "fk_from_id"], ["to", "fk_to_id"]],
    ].map(([name, constraint]) => [name, constraint]),
  );
  assert.deepEqual(names(shown.references.map(({ column }) => column)).toSorted(), [
    ...["author_id", "from_id", "parent_id", "to_id"],
  ]);
});

const FIELDS: [type: string, more: Parameters<typeof column>[1], code: string | undefined][] = [
  ["uuid", {}, "Id"],
  ["int4", {}, "z.int()"],
  ["int8", {}, "WholeNumber"],
  ["float8", {}, "z.number()"],
  ["numeric", { precision: 12 }, "z.number()"],
  ["numeric", { precision: 16 }, "Decimal"],
  ["numeric", {}, "Decimal"],
  ["bool", {}, "z.boolean()"],
  ["date", {}, "Day"],
  ["timestamptz", {}, "Moment"],
  ["varchar", { length: 40 }, "line(40)"],
  ["varchar", { length: 4000 }, "body(4000)"],
  ["jsonb", {}, "JsonObject"],
  ["interval", {}, "Line"],
  ["int4range", { type_kind: "range" }, "Line"],
  ["text", { is_array: true }, "z.array(Line)"],
  ["uuid", { is_array: true }, "z.array(Id)"],
  ["int8", { is_array: true }, undefined],
  ["geometry", { is_native: false }, undefined],
  ["pair", { type_kind: "composite", is_native: false }, undefined],
  ["mood", { type_kind: "enum", labels: ["it's", 'a "b"'] }, "Level"],
];

Deno.test("each type has the argument that fills it, or none", () => {
  for (const [type, more, code] of FIELDS) {
    const { writes } = planOf(relation("things", [TITLE, column("level", { type, ...more })]));
    const found = writes.update?.arguments.find(({ name }) => name === "level")?.field.code;
    assert.equal(found, code, `${type} ${JSON.stringify(more)}`);
  }
});

Deno.test("text is long by its name; tags are tags; a short comment is a description, a long one is not", () => {
  const { writes } = planOf(relation("things", [
    ...[column("label"), column("description"), column("tags", { is_array: true })],
    ...[
      column("price", { type: "int4", comment: "EUR" }),
      column("size", { type: "int4", comment: "x".repeat(61) }),
    ],
    column("odd", { comment: "two\nlines" }),
  ]));
  assert.deepEqual(
    Object.fromEntries(writes.update?.arguments.map(({ name, field }) => [name, field.code]) ?? []),
    {
      ...{
        label: "Line",
        description: "Body",
        tags: "Tags",
        price: 'z.int().describe("EUR")',
        size: "z.int()",
      },
      odd: "Line",
    },
  );
});

Deno.test("create asks for what a row can't be without, and for nothing that the database makes or users may not fill", () => {
  const { writes } = planOf(relation("things", [
    ...[
      column("note"),
      TITLE,
      column("made", { generated: "1" }),
      column("number", { identity: "by default" }),
    ],
    ...[column("created_at", { type: "timestamptz" }), column("updated_at", { type: "timestamptz" })],
    column("level", { type: "int4", may_insert: false }),
  ]));
  assert.deepEqual(writes.create?.arguments.map(({ name, required }) => [name, required]), [
    ...[["title", true], ["note", false]],
  ]);
});

Deno.test("a column that a row needs and no argument can fill leaves no create tool, and is named", () => {
  const { writes } = planOf(
    relation("things", [TITLE, column("area", { type: "geometry", is_native: false, not_null: true })]),
  );
  assert.equal(writes.create, null);
  assert.match(writes.missing.join(), /no argument can fill area/);
  assert.ok(writes.update);
});

Deno.test("update changes only what users may, and null clears only what may be null", () => {
  const { writes } = planOf(
    relation("things", [TITLE, column("note"), column("level", { may_update: false })]),
  );
  assert.deepEqual(writes.update?.arguments.map(({ name, clearable }) => [name, clearable]), [
    ...[["title", false], ["note", true]],
  ]);
  assert.deepEqual(writes.update?.forceful, ["title", "note"]);
});

Deno.test("without a policy for it, or a right, there is no tool that writes", () => {
  const read = { policies: [{ command: "select" as const, using: "true", check: null }] };
  const { writes } = planOf(relation("things", [TITLE], read));
  assert.deepEqual([writes.create, writes.update], [null, null]);
  assert.match(writes.missing.join(), /no policy lets users insert.*no policy lets users update/);
  const none = planOf(relation("things", [column("title", { may_insert: false, may_update: false })]));
  assert.deepEqual([none.writes.create, none.writes.update], [null, null]);
});

const KEYS: [what: string, first: Partial<typeof ID>, key: string][] = [
  ["a uuid is made of the call", {}, "of the call"],
  ["a uuid that users may not give is read as written", { may_insert: false }, "as written"],
  [
    "a number that the database counts",

    { type: "int8", identity: "always", default: null },
    "as written",
  ],
  ["a text", { type: "text", default: null }, "as written"],
];

Deno.test("where a new row's key comes from follows from its column", () => {
  for (const [what, first, key] of KEYS) {
    const one = relation("things", [TITLE]);
    const columns = one.columns.map((each) => each.name === "id" ? { ...each, ...first } : each);
    assert.equal(planOf({ ...one, columns }).writes.create?.key, key, what);
  }
  const profile = relation("profiles", [column("username")], {
    policies: [{ command: "all", using: "(( SELECT auth.uid() AS uid) = id)", check: null }],
  });
  const columns = profile.columns.filter(({ name }) => name !== "user_id");
  assert.equal(planOf({ ...profile, columns }).writes.create?.key, "of the user");
});

Deno.test("views, foreign tables, partitioned tables and rows without a key are only read, and that is told", () => {
  for (const kind of ["view", "foreign table", "partitioned"] as const) {
    const { writes } = planOf(relation("things", [TITLE], { kind }));
    assert.deepEqual([writes.create, writes.update], [null, null]);
    assert.equal(writes.missing.length, 1, kind);
  }
  const { key, writes } = planOf(relation("logs", [TITLE], { key: [] }));
  assert.deepEqual([key, writes.create], [[], null]);
  assert.deepEqual(planOf(relation("logs", [TITLE], { key: [] }), { writes: [] }).writes.missing, []);
});

Deno.test("columns that are hidden for what their names say are named, in any style of name", () => {
  const hidden = ["api_key", "passwordHash", "ssn", "creditCard", "iban", "cvv", "pin", "customerSsn"];
  const { shown, notes, writes } = planOf(
    relation("people", [TITLE, ...[...hidden, "pinned_by", "shipping"].map((name) => column(name))]),
  );
  assert.deepEqual(names(shown.columns), ["id", "title", "pinned_by", "shipping"]);
  assert.deepEqual(names(writes.create?.arguments), ["title", "pinned_by", "shipping"]);
  assert.ok(notes.includes(`Left out, for what their names say: ${hidden.join(", ")}.`));
});

Deno.test("a key's argument says no word twice", () => {
  const argument = (table: string, key: string) => {
    const one = relation(table, [TITLE]);
    const columns = [{ ...ID, name: key }, ...one.columns.slice(1)];
    return names(planOf({ ...one, columns, key: [key] }).key).join();
  };
  assert.equal(argument("customers", "customer_id"), "customer_id");
  assert.equal(argument("Order", "orderId"), "order_id");
  assert.equal(argument("team_members", "member_id"), "team_member_id");
  assert.equal(argument("countries", "country"), "country");
  assert.equal(argument("deals", "id"), "deal_id");
  assert.equal(argument("deals", "number"), "deal_number");
  assert.equal(argument("deals", "dealer_id"), "deal_dealer_id");
});

Deno.test("a title is found in any style of name; of those that call a row by its name one that is always there", () => {
  const title = (...columns: ReturnType<typeof column>[]) => planOf(relation("things", columns)).title?.name;
  const there = { not_null: true };
  assert.equal(title(column("notes2", there), column("fullName", there)), "fullName");
  assert.equal(title(column("full_name"), column("username", there)), "username");
  assert.equal(title(column("full_name", there), column("username", there)), "full_name");
  assert.equal(title(column("title"), column("slug", there)), "title");
  assert.equal(title(column("full_name"), column("username")), "full_name");
});

Deno.test("the column that a policy finds a user's rows by is the one that an index should lead with", () => {
  const using = "(( SELECT auth.uid() AS uid) = owner_id)";
  const one = relation("things", [TITLE, column("owner_id", { type: "uuid" })], {
    policies: [{ command: "all", using, check: using }],
  });
  assert.match(planOf(one).notes.join(), /No index leads with owner_id/);
  assert.doesNotMatch(planOf({ ...one, indexes: [["owner_id"]] }).notes.join(), /No index/);
});

Deno.test("what a view tells counts as text from outside, and that is told; a table's rows say so themselves", () => {
  const told = { tools: ["list_things"], subjects: [], footprints: [] };
  const sqlOf = (one: Relation) => writeMigration(planOf(one), engineSchemas("agent"), told);
  const view = relation("things", [TITLE], { kind: "view" });
  assert.match(
    sqlOf(view),
    /untrusted_output\) values\n {2}\('list_things', 'read', 'allow', true\),\n {2}\('get_thing', 'read', 'allow', true\);/,
  );
  assert.match(sqlOf(view), /delete from agent\.tool_defaults where tool_name in \('list_things'\);/);
  assert.match(planOf(view).notes.join(), /counts as text from outside/);
  assert.doesNotMatch(sqlOf(relation("things", [TITLE])), /untrusted_output/);
});

Deno.test("whose rows are reached through no index on the owner, or belong to no single user, are told of", () => {
  assert.match(
    planOf(relation("things", [TITLE], { indexes: [["id"]] })).notes.join(),
    /No index leads with user_id/,
  );
  const team = relation("things", [TITLE], {
    policies: [{ command: "all", using: "is_member(team_id)", check: null }],
  });
  const columns = team.columns.filter(({ name }) => name !== "user_id");
  assert.match(planOf({ ...team, columns }).notes.join(), /Whose a row is, no column says/);
});

Deno.test("the first prompt shows counts by a closed set, and the newest where an index leads there; a view is not counted", () => {
  const stage = column("stage", { type: "s", type_kind: "enum", labels: ["a"] });
  const created = column("created_at", { type: "timestamptz", default: "now()" });
  const one = relation("deals", [TITLE, stage, created, column("deleted_at", { type: "timestamptz" })]);
  const subject = subjectOf(planOf(one));
  assert.deepEqual([subject.group_column, subject.newest_column, subject.condition], [
    "stage",
    null,
    "deleted_at is null",
  ]);
  const indexed = relation("deals", [TITLE, created], { indexes: [["user_id", "created_at"]] });
  assert.equal(subjectOf(planOf(indexed)).newest_column, "created_at");
  assert.equal(subjectOf(planOf(relation("deals", [TITLE], { kind: "view" }))).count_up_to, 0);
});
