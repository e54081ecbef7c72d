// The assistant's message with which a run ends, as supabase/migrations/*_told_end.sql makes it.
import { z } from "zod";
import type { Json } from "../../../shared/contracts/text.ts";
import type { Run, Tables } from "./memory_tables.ts";

const TextEvent = z.object({ part: z.int(), delta: z.string() });

/** What was said so far, why the run ended, and what it had changed. */
export function toldEnd(tables: Tables, run: ToldRun): string {
  const effects = toldEffects(tables, run.id);
  const changed = effects === "" ? "Nothing was changed." : `Done before: ${effects}.`;
  const undone = toldUndone(tables, run.id);
  const told = [whyEnded(run), changed, ...(undone === "" ? [] : [`Not done: ${undone}.`])].join(" ");
  return [...saidBy(tables, run.id), told].join("\n\n");
}

type ToldRun = Pick<Run, "id" | "status" | "error" | "finished_reason">;

/** What it was about to do, and was not done. */
function toldUndone({ tool_calls }: Tables, run_id: string): string {
  const undone = tool_calls
    .filter(({ run_id: of, error = "", asked, access }) =>
      of === run_id &&
      (["expired", "superseded", "cancelled"].includes(error) ||
        error === "run_ended" && (asked || access === "write"))
    )
    .toSorted((a, b) => a.created_at.localeCompare(b.created_at) || a.id.localeCompare(b.id))
    .map(({ tool_name, arguments: args }) => `${tool_name} ${inPostgres(args)}`);
  const more = undone.length > 6 ? [`and ${undone.length - 6} more`] : [];
  return [...undone.slice(0, 6), ...more].join("; ");
}

/** JSON as Postgres writes it, as far as these tests need that. */
function inPostgres(value: Json): string {
  return JSON.stringify(value).replaceAll('":', '": ').replaceAll(',"', ', "');
}

function saidBy({ events }: Tables, run_id: string): string[] {
  const own = events.filter((event) => event.run_id === run_id);
  const withdrawn = own.filter(({ type }) => type === "text_withdrawn").map(({ data }) => data.part);
  const parts = new Map<number, string>();
  for (const event of own.filter(({ type }) => type === "text")) {
    const { part, delta } = TextEvent.parse(event.data);
    if (!withdrawn.includes(part)) parts.set(part, (parts.get(part) ?? "") + delta);
  }
  return [...parts.values()].map((text) => text.trim()).filter((text) => text !== "");
}

function whyEnded({ status, error, finished_reason }: ToldRun): string {
  if (finished_reason === "superseded") {
    return "This waited for the user's approval when they sent their next message.";
  }
  if (status === "completed") return "This ended without an answer.";
  if (status === "cancelled") return "This was stopped by the user.";
  if (error?.kind === "internal") return "This was interrupted before it was finished.";
  return "This failed before it was finished.";
}

function toldEffects({ tool_calls }: Tables, run_id: string): string {
  const done = tool_calls
    .filter((one) => one.run_id === run_id && one.access === "write" && one.status === "succeeded")
    .toSorted((a, b) => a.created_at.localeCompare(b.created_at) || a.id.localeCompare(b.id))
    .map(({ result, tool_name }) => {
      const { message } = z.object({ message: z.string() }).parse(result);
      const clause = message.replace(/\s+/g, " ").trim().replace(/\.+$/, "");
      if (clause === "") return `${tool_name} was carried out`;
      return /^\p{Lu}\p{Ll}/u.test(clause) ? clause.slice(0, 1).toLowerCase() + clause.slice(1) : clause;
    });
  const more = done.length > 6 ? [`and ${done.length - 6} more`] : [];
  return [...done.slice(0, 6), ...more].join("; ");
}
