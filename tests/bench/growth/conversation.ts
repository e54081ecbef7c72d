// What a conversation leaves in the tables, beside what was said in it.
import postgres from "postgres";
import type { Stack } from "../../../dev/stack.ts";
import { addTurns, takeScript } from "../../support/models/model_script.ts";
import { newPerson } from "../../support/stack/person.ts";
import { storedTables } from "../capacity/stored.ts";
import type { Figure, FigureGroup } from "../report.ts";
import { takeTurn } from "../turn.ts";

const TURNS = 100;
const QUESTION = "Please look after what I have to do for the launch, and say what comes first. ".repeat(5)
  .trim();
const ANSWER = "The draft comes first, since the others wait for it; then the review, which takes a day. "
  .repeat(17)
  .trim();
const SUMMARY = "The launch is on Friday, and the draft is Anna's. ".repeat(40).trim();

/** Simple turns of one session, as models write them. */
export async function conversation(stack: Stack): Promise<FigureGroup> {
  const sql = postgres(stack.database_url, { max: 1, onnotice: () => {} });
  try {
    const before = await storedTables(sql);
    const { summaries, user_id } = await talk(stack);
    const after = await storedTables(sql);
    const [said] = await sql<{ kb: number }[]>`
      select sum(octet_length(content))::int / 1000.0::float as kb from chat_messages where user_id = ${user_id}`;
    if (!said) throw new Error("Cannot measure a conversation: nothing was said.");
    const left = after.map(({ name, bytes, rows }) => {
      const earlier = before.find((table) => table.name === name);
      return { name, kb: (bytes - (earlier?.bytes ?? 0)) / 1_000, rows: rows - (earlier?.rows ?? 0) };
    }).filter(({ kb }) => kb > 0).sort((a, b) => b.kb - a.kb);
    const kb = left.reduce((sum, table) => sum + table.kb, 0);
    return {
      title: `What a conversation of ${TURNS} simple turns leaves, with indexes, tables packed`,
      figures: [
        figure("all tables", kb, `${(kb / said.kb).toFixed(1)} × what was said; ${summaries} summaries`),
        figure("what was said, as text", said.kb, "of user and assistant"),
        ...left.map((table) => figure(table.name, table.kb, `${table.rows} rows`)),
      ],
    };
  } finally {
    await sql.end();
  }
}

async function talk(stack: Stack): Promise<{ summaries: number; user_id: string }> {
  const person = await newPerson(stack);
  await addTurns(stack.model.url, person.pseudonym, [
    { when: { tool: "create_plan" }, text: ANSWER, times: "any" },
    { when: { not_tool: "create_plan" }, text: SUMMARY, times: "any" },
  ]);
  let session_id: string | undefined;
  for (let i = 0; i < TURNS; i += 1) {
    const { events } = await takeTurn(stack, person, QUESTION, session_id);
    for (const { event } of events) if (event.type === "session") session_id = event.session_id;
  }
  const { requests, unexpected } = await takeScript(stack.model.url, person.pseudonym);
  if (unexpected.length > 0) throw new Error(`The model was asked ${unexpected.length} times too often.`);
  return { summaries: requests.length - TURNS, user_id: person.id };
}

function figure(what: string, kb: number, detail: string): Figure {
  return { what, result: `${Math.round(kb).toLocaleString("en-US")} kB`, aim: "", detail };
}
