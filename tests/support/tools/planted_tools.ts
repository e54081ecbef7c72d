// Tools with a fault each, of every kind that a check of a catalogue looks for.
import type { Sql } from "postgres";
import { z } from "zod";
import { ok, shown } from "../../../shared/contracts/tool_result.ts";
import { gone, page } from "../../../shared/tools/answers.ts";
import { dataOf, rowsOf } from "../../../shared/tools/database_errors.ts";
import { defineReadTool, defineWriteTool, type Tool } from "../../../shared/tools/define_tool.ts";
import { Id, Line, Query } from "../../../shared/tools/fields.ts";
import type { Check } from "../../../dev/check_tools/findings.ts";
import { library } from "../domain/library_client.ts";

export interface PlantedTool {
  tool: Tool;
  /** What must be found of it, and nothing else. */
  found: Partial<Record<Check, RegExp>>;
}

export const PLANTED_TABLES = `
  create table public.loose (
    id uuid primary key default gen_random_uuid(),
    user_id uuid not null default auth.uid() references auth.users on delete cascade,
    title text not null
  );
  alter table public.loose enable row level security;
  create policy own on public.loose to authenticated
    using ((select auth.uid()) = user_id) with check ((select auth.uid()) = user_id);
  grant select, insert on public.loose to authenticated;
  insert into public.tool_defaults (tool_name, policy) values
    ('add_loose', 'allow'), ('forget_book', 'allow'), ('widen_book', 'allow'), ('note_pair', 'allow'),
    ('add_stone', 'allow'), ('add_board', 'allow'), ('mark_boards', 'allow');
  create table public.pairs (
    one integer, two integer, user_id uuid not null default auth.uid() references auth.users on delete cascade,
    note text, primary key (one, two)
  );
  alter table public.pairs enable row level security;
  create policy own on public.pairs to authenticated
    using ((select auth.uid()) = user_id) with check ((select auth.uid()) = user_id);
  grant select, insert, update on public.pairs to authenticated;
  create trigger keep_tool_receipt after insert or update or delete on public.pairs
    for each row execute function private.keep_tool_receipt('one', 'two');
  create trigger record_tool_effect after insert or update or delete on public.pairs
    for each row execute function private.keep_tool_effect('one', 'two');
  create table public.stones (
    id uuid primary key default gen_random_uuid(),
    user_id uuid not null default auth.uid() references auth.users on delete cascade,
    title text not null
  );
  alter table public.stones enable row level security;
  create policy own on public.stones to authenticated
    using ((select auth.uid()) = user_id) with check ((select auth.uid()) = user_id);
  grant select, insert, delete on public.stones to authenticated;
  create trigger keep_tool_receipt after insert or update or delete on public.stones
    for each row execute function private.keep_tool_receipt('id');
  create trigger record_tool_effect after insert or update or delete on public.stones
    for each row execute function private.keep_tool_effect('id');
  create function public.stay() returns trigger language plpgsql as $$ begin raise exception 'A stone stays.'; end $$;
  create trigger stay before delete on public.stones
    for each row when (auth.uid() is not null) execute function public.stay();
  create table public.boards (
    id uuid primary key default gen_random_uuid(),
    user_id uuid not null default auth.uid() references auth.users on delete cascade,
    title text not null
  );
  alter table public.boards enable row level security;
  create policy everybody on public.boards to authenticated using (true) with check (true);
  grant select, insert, update, delete on public.boards to authenticated;
  create trigger keep_tool_receipt after insert or update or delete on public.boards
    for each row execute function private.keep_tool_receipt('id');
  create trigger record_tool_effect after insert or update or delete on public.boards
    for each row execute function private.keep_tool_effect('id');
  insert into public.tool_footprints (tool_name, table_name, op, target, target_column) values
    ('add_board', 'public.boards', 'INSERT', null, null),
    ('mark_boards', 'public.boards', 'INSERT', null, null),
    ('add_stone', 'public.stones', 'INSERT', null, null),
    ('add_loose', 'public.loose', 'INSERT', null, null),
    ('forget_book', 'public.books', 'INSERT', null, null),
    ('deny_book', 'public.books', 'INSERT', null, null),
    ('widen_book', 'public.books', 'INSERT', '$.title', 'title'),
    ('note_pair', 'public.pairs', 'UPDATE', '$.one', 'one');`;

const Title = z.strictObject({ title: Line });
const None = z.strictObject({});

/** `sql` reaches past every wall, as a tool that is given a key of its own does. */
export function plantedTools(sql: Sql): PlantedTool[] {
  return [...readers(sql), ...writers(sql)];
}

const read = { category: "list", description: "…" } as const;
const write = { category: "action", description: "…" } as const;

function readers(sql: Sql): PlantedTool[] {
  const listed = (name: string, rows: { id: string; title: string }[]) => ({
    ...page(name, rows.map(({ title }) => title), rows.length, "book"),
    rows: shown("public.books", ...rows.map(({ id }) => id)),
  });
  return [{
    found: { reads_only: /changed rows/ },
    tool: defineReadTool({
      ...{ ...read, name: "peek", args: None },
      async run() {
        await sql`update public.books set status = status`;
        return ok({}, "Nothing to see.");
      },
    }),
  }, {
    found: { strangers: /another user a row of public\.books/ },
    tool: defineReadTool({
      ...{ ...read, name: "list_all", args: None },
      run: async () =>
        listed("books", await sql<{ id: string; title: string }[]>`select id, title from public.books`),
    }),
  }, {
    found: { shown: /public\.books .* does not list/ },
    tool: defineReadTool({
      ...{ ...read, name: "list_bare", args: None },
      async run(_args, { db }) {
        const answer = await library(db).from("books").select("title").limit(20);
        return page("books", rowsOf(answer).map(({ title }) => title), 1, "book");
      },
    }),
  }, {
    found: { hostile: /does not find the row of public\.books whose title/ },
    tool: defineReadTool({
      ...{ ...read, name: "search_raw", args: z.strictObject({ query: Query }) },
      async run({ query }, { db }) {
        const answer = await library(db).from("books").select("id, title").ilike("title", `%${query}%`).limit(
          20,
        );
        return listed("books", rowsOf(answer));
      },
    }),
  }, {
    found: { hostile: /It fails where name is/ },
    tool: defineReadTool({
      ...{ ...read, name: "get_odd", args: z.strictObject({ name: z.string() }) },
      run({ name }) {
        decodeURIComponent(name);
        return Promise.resolve(ok({}, "Read."));
      },
    }),
  }, {
    found: { size: /no prompt has more than 12000/ },
    tool: defineReadTool({
      ...{ ...read, name: "dump", args: None },
      async run(_args, { db }) {
        const answer = await library(db).from("books").select("id, title, notes");
        const books = rowsOf(answer);
        return ok({ books }, "All.", shown("public.books", ...books.map(({ id }) => id)));
      },
    }),
  }, {
    found: { answers: /No call with what it needs succeeded/ },
    tool: defineReadTool({
      ...{ ...read, name: "get_gone", args: z.strictObject({ book_id: Id }) },
      async run({ book_id }, { db }) {
        const answer = await library(db).from("books").select("gone" as "id").eq("id", book_id);
        return ok({ books: rowsOf(answer) }, "Read.");
      },
    }),
  }];
}

function writers(sql: Sql): PlantedTool[] {
  const addBook = {
    ...{ ...write, args: Title, writes: [{ table: "public.books", op: "INSERT" }] as const },
    run: async (
      { title }: { title: string },
      { db, new_id }: Parameters<Parameters<typeof defineWriteTool>[0]["run"]>[1],
    ) => {
      const answer = await library(db).from("books").insert({ title, id: await new_id("book") }).select(
        "id, title",
      )
        .single();
      const book = dataOf(answer);
      return book === null ? gone("book") : ok({ book }, "Added.", shown("public.books", book.id));
    },
    look_up: async (
      _args: unknown,
      { db, new_id }: Parameters<Parameters<typeof defineWriteTool>[0]["run"]>[1],
    ) => {
      const answer = await library(db).from("books").select("id, title").eq("id", await new_id("book"))
        .maybeSingle();
      const book = dataOf(answer);
      return book === null ? gone("book") : ok({ book }, "Added.", shown("public.books", book.id));
    },
  };
  return [{
    found: {},
    tool: adding("add_board", "boards"),
  }, {
    found: { strangers: /changed the first one's rows/ },
    tool: adding("mark_boards", "boards", async (id) => {
      await sql`update public.boards set title = title || '!'
        where user_id <> (select user_id from public.boards where id = ${id})`;
    }),
  }, {
    found: { undone: /can't be undone: .*stone/i },
    tool: adding("add_stone", "stones"),
  }, {
    found: { declared: /public\.loose has no trigger keep_tool_receipt/, once: /twice/ },
    tool: defineWriteTool({
      ...{ ...write, name: "add_loose", args: Title, writes: [{ table: "public.loose", op: "INSERT" }] },
      async run({ title }, { db }) {
        dataOf(await library(db).from("loose" as "books").insert({ title }));
        return ok({}, "Added.");
      },
      look_up: () => Promise.resolve(ok({}, "Added.")),
    }),
  }, {
    found: { once: /does not find what it did \(look_up\)/ },
    tool: defineWriteTool({ ...addBook, name: "forget_book", look_up: () => Promise.resolve(gone("book")) }),
  }, {
    found: { declared: /no row in tool_defaults/, answers: /No call/ },
    tool: defineWriteTool({ ...addBook, name: "deny_book" }),
  }, {
    found: { declared: /say something else than `writes`/ },
    tool: defineWriteTool({ ...addBook, name: "widen_book" }),
  }, {
    found: { declared: /names one and not two/ },
    tool: defineWriteTool({
      ...{ ...write, name: "note_pair", args: z.strictObject({ one: z.int(), two: z.int(), note: Line }) },
      writes: [{ table: "public.pairs", op: "UPDATE", target: "$.one", target_column: "one" }],
      async run({ one, two, note }, { db }) {
        const pairs = library(db).from("pairs" as "books");
        const found = await pairs.update({ note } as never).eq("one" as "id", String(one))
          .eq("two" as "id", String(two)).select("one, two" as "id").maybeSingle();
        return ok({ pair: dataOf(found) }, "Noted.");
      },
      look_up: ({ one, two }) => Promise.resolve(ok({ pair: { one, two } }, "Noted.")),
    }),
  }];
}

/** A tool that is sound where its table is, and what it does besides. */
function adding(name: string, table: string, besides = (_id: string) => Promise.resolve()): Tool {
  return defineWriteTool({
    ...{ ...write, name, args: Title, writes: [{ table: `public.${table}`, op: "INSERT" }] },
    async run({ title }, { db, new_id }) {
      const id = await new_id(table);
      dataOf(await library(db).from(table as "books").insert({ title, id }));
      await besides(id);
      return ok({ id }, "Added.");
    },
    look_up: async (_args, { new_id }) => ok({ id: await new_id(table) }, "Added."),
  });
}
