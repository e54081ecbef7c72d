import assert from "node:assert/strict";
import type { Catalogue } from "../../../../bench/peers/ours/catalogue.ts";
import { restQuery } from "../../../../bench/peers/ours/rest_query.ts";

const CATALOGUE: Catalogue = {
  functions: new Map<string, { types: Record<string, string>; returns: "rows" | "nothing" | "value" }>([
    ["write", { types: { p_id: "uuid", p_rows: "jsonb", p_names: "text[]" }, returns: "value" }],
    ["forget", { types: {}, returns: "nothing" }],
    ["list", { types: { p_limit: "integer" }, returns: "rows" }],
  ]),
  columns: new Map([["tasks", { id: "uuid", title: "text", deleted_at: "timestamp with time zone" }]]),
};

const query = (path: string, body?: unknown) =>
  restQuery({
    ...{ method: body === undefined ? "GET" : "POST", body, catalogue: CATALOGUE },
    url: new URL(`/rest/v1/${path}`, "http://127.0.0.1"),
  });

Deno.test("arguments of a call are named, typed and sent as text", () => {
  assert.deepEqual(query("rpc/write", { p_id: null, p_rows: [{ a: 1 }], p_names: [`a"b`, "c"] }), {
    text: "select to_json(public.write(p_id := $1::text::uuid, p_rows := $2::text::jsonb, " +
      "p_names := $3::text::text[]))::text as body",
    parameters: [null, `[{"a":1}]`, `{"a\\"b","c"}`],
    read_only: false,
  });
});

Deno.test("a call by GET only reads, rows come as a list, and nothing is null", () => {
  const { text, parameters, read_only } = query("rpc/list?p_limit=5");
  assert.match(text, /json_agg\(x\).* from public\.list\(p_limit := \$1::text::integer\) x$/);
  assert.deepEqual([parameters, read_only], [["5"], true]);
  assert.match(query("rpc/forget", {}).text, /^select 'null' as body/);
});

Deno.test("rows of a table are filtered, ordered and bounded", () => {
  const { text, parameters } = query(
    "tasks?select=id,title&id=eq.1&deleted_at=is.null&order=title.desc&limit=3",
  );
  assert.ok(text.includes(
    `from (select "id", "title" from public."tasks" where "id" = $1::text::uuid and "deleted_at" is null ` +
      `order by "title" desc limit 3) x`,
  ));
  assert.deepEqual(parameters, ["1"]);
});

Deno.test("what the thin layer does not know is refused, not answered wrongly", () => {
  for (
    const path of [
      "rpc/other",
      "rpc/write?x=1",
      "others?select=id",
      "tasks?select=secret",
      "tasks?select=id&id=gt.1",
    ]
  ) {
    assert.throws(() => query(path), /^Error: Cannot (call|read)/, path);
  }
});
