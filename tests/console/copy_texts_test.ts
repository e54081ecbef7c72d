import assert from "node:assert/strict";
import { curlText, linkText, sqlText, supabaseText } from "../../console/parts/copy_texts.ts";

const PROJECT = { url: "http://127.0.0.1:54321", publishable_key: "sb_publishable_x", schema: "public" };
const ROW = { table: "agent_tool_calls", key: { id: "7f0c" } };

Deno.test("a copied request names the token and never has its value", () => {
  assert.equal(
    curlText(PROJECT, ROW),
    [
      `curl 'http://127.0.0.1:54321/rest/v1/agent_tool_calls?id=eq.7f0c' \\`,
      `  -H "authorization: Bearer $TOKEN" \\`,
      `  -H 'apikey: sb_publishable_x'`,
    ].join("\n"),
  );
});

Deno.test("what a shell, SQL or JavaScript would read as its own stays text", () => {
  const row = { table: "agent_runs", key: { id: `'; drop table x; --"$(id)` } };
  assert.equal(
    sqlText(PROJECT, row),
    `select * from public.agent_runs where id = '''; drop table x; --"$(id)';`,
  );
  assert.match(supabaseText(PROJECT, row), /\.eq\("id", "'; drop table x; --\\"\$\(id\)"\)/);
  const [line = ""] = curlText({ ...PROJECT, url: "http://x/'$(id)'" }, row).split(" \\\n");
  assert.match(line, /^curl 'http:\/\/x\/'\\''\$\(id\)'\\''\/rest\/v1\/agent_runs\?id=eq\.%27/);
});

Deno.test("another schema is named in each text", () => {
  const project = { ...PROJECT, schema: "Agents" };
  assert.match(curlText(project, ROW), /-H 'accept-profile: Agents'$/);
  assert.match(supabaseText(project, ROW), /supabase\.schema\("Agents"\)/);
  assert.match(sqlText(project, ROW), /from "Agents"\.agent_tool_calls/);
});

Deno.test("a key of several columns is asked for whole", () => {
  const row = { table: "agent_chat_messages", key: { agent_session_id: "t", seq: 3 } };
  assert.match(curlText(PROJECT, row), /agent_session_id=eq\.t&seq=eq\.3/);
  assert.match(sqlText(PROJECT, row), /agent_session_id = 't' and seq = 3;/);
});

Deno.test("a link is the page's own address with the hash of what is shown", () => {
  assert.equal(
    linkText("http://localhost:54330/x/?a=1#/chat", "#/runs/7"),
    "http://localhost:54330/x/?a=1#/runs/7",
  );
});
