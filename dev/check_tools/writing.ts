// What a write tool must keep to.
import type { Tool } from "../../shared/tools/define_tool.ts";
import { actingTools } from "./acting.ts";
import { canariesOf, plantCanaries } from "./canaries.ts";
import { quoted } from "./catalog.ts";
import { type Checking, fillRows, fingerprint } from "./checking.ts";
import type { Findings } from "./findings.ts";
import { checkHostile } from "./hostile.ts";
import { checkStranger, tellUnlisted } from "./reading.ts";
import { type Answer, tryArguments } from "./trying.ts";
import { hasChangedMine, rowsOf } from "./whose_rows.ts";

export async function checkWriting(checking: Checking, tool: Tool, findings: Findings): Promise<void> {
  await fillRows(checking);
  await plantCanaries(checking);
  const answers = await tryArguments(checking, tool, findings, async (answer) => {
    const canaries = await canariesOf(checking);
    tellUnlisted(answer.result, canaries, findings);
    await checkOnce(checking, tool, answer, findings);
    await checkReceipt(checking, answer, findings);
    await checkUndone(checking, answer, findings);
    await fillRows(checking);
    const before = await rowsOf(checking, "me");
    findings.found.calls++;
    const theirs = await checking.theirs.call(tool.name, answer.args);
    await checkStranger(checking, theirs, canaries, findings);
    if (await hasChangedMine(checking, before)) {
      findings.fails("strangers", "Called by another user, it changed the first one's rows.");
    }
  });
  await checkHostile(checking, tool, answers, findings);
}

/** Whoever calls again is another process, and knows nothing of the first call. */
async function checkOnce(checking: Checking, tool: Tool, answer: Answer, findings: Findings): Promise<void> {
  const { place, domain, me } = checking;
  const before = await fingerprint(checking);
  findings.found.calls++;
  const again = await actingTools(place, domain, me).call(tool.name, answer.args, answer.call_id);
  if (await fingerprint(checking) !== before) {
    findings.fails("once", "Called again with its id, it had its effect twice.");
  }
  if (!again.ok) {
    findings.fails("once", `Called again with its id, it does not tell what it did, but: ${again.message}`);
  } else if (answer.result.ok && JSON.stringify(again.data) !== JSON.stringify(answer.result.data)) {
    findings.fails(
      "once",
      `Called again with its id, it does not find what it did (look_up): ${again.message}`,
    );
  }
}

/** A change of what keeps no receipts leaves none. */
async function checkReceipt(
  { sql, place, me }: Checking,
  { call_id, result }: Answer,
  findings: Findings,
): Promise<void> {
  const engine = quoted(place.schema);
  const [found] = await sql.unsafe<{ receipts: number; effects: number }[]>(
    `select (select count(*)::int from ${engine}.tool_receipts where user_id = $1 and call_id = $2) as receipts,
      (select count(*)::int from ${engine}.tool_effects where user_id = $1 and call_id = $2) as effects`,
    [me.id, call_id],
  );
  if (found?.receipts === 0 && !/nothing|already/i.test(result.message)) {
    findings.fails("once", "It says that it did something, and left no receipt: what it changed keeps none.");
  } else if (found?.receipts === 1 && found.effects === 0) {
    findings.note("A call of it left a receipt and no effect: nothing was different afterwards.");
  }
}

async function checkUndone(
  { place, me }: Checking,
  { call_id, result }: Answer,
  findings: Findings,
): Promise<void> {
  if (!("undoable" in result) || result.undoable !== true) return;
  const person = place.engine.clients.createPersonClient(place, me.token, fetch);
  const { error } = await person.rpc("undo_tool_call", { p_call_id: call_id });
  if (error) findings.fails("undone", `What it did can't be undone: ${error.message}`);
}
