// The code of the pages does what the pages say: TypeScript runs with the real client against the stack, curl is run
// in a shell, SQL on a database with the migrations, and the tool that a page adds works as a tool.
import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import postgres from "postgres";
import type { Json } from "../../shared/contracts/text.ts";
import { failed, type ToolResult } from "../../shared/contracts/tool_result.ts";
import { createReadOnlyDb } from "../../shared/db/clients.ts";
import type { ReadTool } from "../../shared/tools/define_tool.ts";
import { chat } from "../support/stack/calling.ts";
import { blockCommands } from "../support/docs/commands.ts";
import { fences, pageAt, pages, where } from "../support/docs/pages.ts";
import { checkTypes, runProgram, runShell, writeProgram } from "../support/docs/snippets.ts";
import { scriptModel } from "../support/models/script.ts";
import { newWorkspaceUser, type WorkspaceUser } from "../domain/support/workspace_user.ts";
import { freshDatabase, testStack } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";
import { actingAs } from "../db/agents_calls.ts";
import { lease, startRun } from "../db/agents_runs.ts";

const ANSWER = "This is what the page has promised.";
/** The answer comes in deltas, the first of them a word. */
const END_OF_ANSWER = /page has promised/;
const BLOCKS = pages().flatMap(fences);
const TYPESCRIPT = BLOCKS.filter(({ language }) => language === "ts");
const CURLS = pages().flatMap(blockCommands).filter(({ text }) => text.startsWith("curl "));
const SQL = ["docs/adoption.md", "docs/operations.md", "docs/policy.md"].map(pageAt).flatMap(fences)
  .filter(({ language }) => language === "sql");

test("every TypeScript block type-checks, and those that are programs run with the real client", async () => {
  await using folder = await temporaryFolder();
  const programs = await Promise.all(TYPESCRIPT.map((fence) => writeProgram(fence, folder.path)));
  assert.ok(programs.length >= 6);
  await checkTypes(programs);

  const { user, run_id } = await reader();
  const env = { READER_EMAIL: user.email, READER_PASSWORD: user.password, READER_RUN_ID: run_id };
  for (const program of programs.filter(({ fence }) => fence.info === "")) {
    const output = await answered(user, program.fence.code, () => runProgram(program, env));
    const shown = /\b(message|run_id)\b/.test(program.fence.code) ? END_OF_ANSWER : /^part 1: ./m;
    assert.match(output, shown, `${where(program.fence)} printed:\n${output}`);
  }
});

test("every curl command streams what was asked for", async () => {
  const { user, run_id } = await reader();
  const env = { TOKEN: user.token, PUBLISHABLE_KEY: testStack().publishable_key, RUN_ID: run_id };
  assert.ok(CURLS.length >= 2);
  for (const { text, ...place } of CURLS) {
    const output = await answered(user, text, () => runShell(text, env));
    assert.match(output, /^event: done$/m, `${where(place)} printed:\n${output}`);
    assert.match(output, END_OF_ANSWER);
  }
});

test("the tool that a page adds is a read tool that answers from the user's own rows", async () => {
  await using folder = await temporaryFolder();
  const shown = TYPESCRIPT.filter(({ info }) => info.startsWith("shared/domain/tools/"));
  assert.equal(shown.length, 1);
  const [fence] = shown;
  assert.ok(fence);
  const { file } = await writeProgram(fence, folder.path);
  const { countNotes } = await import(pathToFileURL(file).href);

  const user = await newWorkspaceUser();
  await addNotes(user, ["idea", "idea", "meeting"]);
  await addNotes(await newWorkspaceUser(), ["idea"]);

  assert.equal(countNotes.access, "read");
  const result = await ask(user, countNotes, { category: "idea" });
  assert.deepEqual(result, { ok: true, data: { count: 2 }, message: "2 notes." });
  assert.equal((await ask(user, countNotes, { kategory: "idea" })).ok, false);
});

test("the SQL of the pages runs: the table that one makes is its user's own, and a tool's write to it leaves a receipt", async () => {
  const { url, drop } = await freshDatabase();
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    assert.equal(SQL.length, 10);
    for (const { code } of SQL) await sql.unsafe(code);
    assert.deepEqual([...await sql`select * from private.security_findings()`], []);
    const [owner, other, call_id] = [crypto.randomUUID(), crypto.randomUUID(), crypto.randomUUID()];
    await sql`insert into auth.users (id, email) values (${owner}, 'a@example.com'), (${other}, 'b@example.com')`;
    const headers = { "x-tool-call-id": call_id, "x-tool-attempt": crypto.randomUUID() };

    const as = async <T>(sub: string, work: (sql: postgres.TransactionSql) => Promise<T>) =>
      await sql.begin(async (transaction) => {
        await transaction`select set_config('request.jwt.claims', ${JSON.stringify({ sub })}, true),
          set_config('request.headers', ${
          JSON.stringify(headers)
        }, true), set_config('role', 'authenticated', true)`;
        return await work(transaction);
      });
    const user = actingAs(sql, owner);
    const owned = await startRun(user);
    const call = {
      ...{ id: call_id, agent_id: owned.agent_id, agent_session_id: owned.thread_id, tool_call_id: "a" },
      ...{ tool_name: "create_recipe", access: "write", arguments: {}, status: "proposed", result: null },
    };
    await user.call("record_progress", [...lease(owned), { tool_calls: [call] }]);
    await as(owner, async (sql) => void await sql`insert into recipes (title) values ('Bread')`);

    assert.equal(await as(owner, async (sql) => (await sql`select * from recipes`).length), 1);
    assert.equal(await as(other, async (sql) => (await sql`select * from recipes`).length), 0);
    const receipts = await sql`select user_id, relation from tool_receipts where call_id = ${call_id}`;
    assert.deepEqual(receipts.map((row) => ({ ...row })), [{ user_id: owner, relation: "public.recipes" }]);
  } finally {
    await sql.end();
    await drop();
  }
});

/** A user with a run that has ended. */
async function reader(): Promise<{ user: WorkspaceUser; run_id: string }> {
  const user = await newWorkspaceUser();
  const { state } = await answered(user, "message", () => chat(user, { message: "Hello" }));
  return { user, run_id: state.run_id };
}

/** Lets the model answer once, where `code` sends a message. */
async function answered<T>(user: WorkspaceUser, code: string, work: () => Promise<T>): Promise<T> {
  await using _ = await scriptModel(user.id, /\bmessage\b/.test(code) ? [{ text: ANSWER }] : []);
  return await work();
}

async function addNotes({ client }: WorkspaceUser, categories: string[]): Promise<void> {
  const { error } = await client.from("notes").insert(
    categories.map((category) => ({ category, title: category, content: category })),
  );
  assert.equal(error, null);
}

/** What the tool answers to this user, with the database that read tools get. */
async function ask(user: WorkspaceUser, tool: ReadTool, args: Json): Promise<ToolResult> {
  const prepared = tool.prepare(args);
  if (!prepared.ok) return failed("invalid_arguments", prepared.problem);
  const db = createReadOnlyDb(testStack(), user.token, fetch);
  return await prepared.run({ db, user_id: user.id, now: new Date(), time_zone: "UTC" });
}

async function temporaryFolder() {
  const path = await Deno.makeTempDir({ prefix: "docs-" });
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}
