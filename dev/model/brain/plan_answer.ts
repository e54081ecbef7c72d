// The last answer of a turn that was planned, made from the report that `create_plan` gives.
import { z } from "zod";
import { type Json, JsonSchema } from "../../../shared/contracts/text.ts";
import type { Conversation, Outcome } from "./conversation.ts";
import { bullets, listed, some } from "./phrases.ts";
import { span } from "./when.ts";

const MOST_NAMED = 4;

const Step = z.looseObject({
  step_number: z.number(),
  title: z.string().optional(),
  status: z.string(),
  summary: z.string().optional(),
  error: z.string().optional(),
  data: JsonSchema.optional(),
});
type Step = z.infer<typeof Step>;

const Scheduled = z.looseObject({ title: z.string(), start: z.string(), end: z.string().optional() });
const Named = z.looseObject({ name: z.string() });
const Titled = z.looseObject({ title: z.string() });

/** What was done, what was found and what failed, in the words of a person. */
export function planAnswer(outcomes: readonly Outcome[], { time_zone }: Conversation): string {
  const last = outcomes.at(-1);
  const steps = latest(outcomes.flatMap((outcome) => objects(outcome.values)));
  if (steps.length === 0) return `I could not carry out a plan: ${last?.message ?? "it gave no result."}`;

  const data = steps.map((step) => step.data);
  const updated = listOf(data, "updated_projects", Named).map((one) => `**${one.name}**`);
  const notes = listOf(data, "created_notes", Titled).map((one) => `**${one.title}**`);
  const scheduled = listOf(data, "scheduled", Scheduled);
  const left = (key: string) => listOf(data, key, z.string()).map((title) => `**${title}**`);

  const done = [
    updated.length === 0 ? undefined : `updated ${listed(updated)}`,
    scheduled.length === 0 ? undefined : `put ${some(scheduled.length, "task")} on your calendar`,
    notes.length === 0 ? undefined : `wrote the note ${listed(notes)}`,
  ].filter((part) => part !== undefined);
  const lines = scheduled
    .toSorted((a, b) => Date.parse(a.start) - Date.parse(b.start))
    .map((one) => `${span(one.start, one.end, time_zone)}: **${one.title}**`);
  const notDone = [
    sentence(
      left("already"),
      "was already on your calendar, so I left it there.",
      "were already on your calendar, so I left them there.",
    ),
    sentence(
      left("blocked"),
      "is blocked, so I did not schedule it.",
      "are blocked, so I did not schedule them.",
    ),
    sentence(left("unplaced"), "found no free slot.", "found no free slot."),
    sentence(left("later"), "is left for another time.", "are left for another time."),
    sentence(left("failed"), "could not be scheduled.", "could not be scheduled."),
  ].filter((part) => part !== undefined);
  const looked = steps.filter((step) => isResearch(step) && step.summary !== undefined);
  const failed = unique(
    steps.filter((step) => step.status === "failed").map((step) =>
      step.error ?? step.summary ?? titleOf(step)
    ),
  );
  const skipped = steps.filter((step) => step.status === "skipped").map(titleOf);

  return [
    done.length === 0 ? "Nothing was changed." : `Done: I ${listed(done)}.`,
    lines.length === 0 ? undefined : bullets(lines),
    notDone.length === 0 ? undefined : notDone.join(" "),
    looked.length === 0 ? undefined : `What I found:\n${bullets(looked.map((step) => step.summary ?? ""))}`,
    failed.length === 0 ? undefined : `What did not work:\n${bullets(failed)}`,
    skipped.length === 0 ? undefined : `So I left this out: ${listed(skipped)}.`,
  ].filter((part) => part !== undefined).join("\n\n");
}

/** Writes show under "Done"; only what was looked up is listed as found. */
function isResearch({ status, data }: Step): boolean {
  if (status !== "completed" && status !== "partial") return false;
  const keys = data !== null && typeof data === "object" && !Array.isArray(data) ? Object.keys(data) : [];
  return !["updated_projects", "created_notes", "scheduled", "already", "blocked", "unplaced", "later"].some((
    key,
  ) => keys.includes(key));
}

function titleOf({ title, step_number }: Step): string {
  return title ?? `step ${step_number}`;
}

function unique(lines: readonly string[]): string[] {
  return [...new Set(lines)];
}

/** Names few and counts many. */
function sentence(items: readonly string[], one: string, many: string): string | undefined {
  if (items.length === 0) return undefined;
  const what = items.length > MOST_NAMED ? some(items.length, "task") : listed(items);
  return `${what} ${items.length === 1 ? one : many}`;
}

/** Every step once, as its last report has it, in order. */
function latest(steps: readonly Step[]): Step[] {
  const byNumber = new Map(steps.map((step) => [step.step_number, step]));
  return [...byNumber.values()].toSorted((a, b) => a.step_number - b.step_number);
}

function objects(values: readonly Json[]): Step[] {
  return values.flatMap((value): Step[] => {
    const step = Step.safeParse(value);
    if (step.success) return [step.data];
    return value !== null && typeof value === "object" ? objects(Object.values(value)) : [];
  });
}

function listOf<Item>(data: readonly (Json | undefined)[], key: string, schema: z.ZodType<Item>): Item[] {
  return data.flatMap((one) => {
    const list = one !== null && typeof one === "object" && !Array.isArray(one) ? one[key] : undefined;
    return (Array.isArray(list) ? list : []).flatMap((item) => {
      const parsed = schema.safeParse(item);
      return parsed.success ? [parsed.data] : [];
    });
  });
}
