// A plan for several wishes: what executors look up, side by side, and what is written after that; and its answer.
import { nounsOf } from "./clauses.ts";
import { type Outcome, type Row, rowOf } from "./conversation.ts";
import { described } from "./look_up.ts";
import type { Place, Report } from "./replay.ts";
import { spoken } from "./vocabulary.ts";
import { type Wish, wishesIn } from "./wish.ts";
import { lookUpsFor } from "./workspace.ts";

const isLookUp = ({ verb }: Wish) => /get|list|count/.test(verb);

/** The arguments of `create_plan`: a step for each look-up, once, and then one for each write. */
export function planFor(wishes: readonly Wish[], place: Place): Row {
  const steps: Row[] = [];
  const made = new Map<string, number>();
  const add = (
    task: string,
    executor_required: boolean,
    needs: readonly Wish[],
    depends_on: number[],
  ): number => {
    const tools = [...new Set(needs.flatMap((wish) => toolsFor(wish, place)))];
    const title = task.slice(0, 100).toWellFormed();
    return steps.push({ step_number: steps.length + 1, title, task, executor_required, tools, depends_on });
  };
  const lookUp = (task: string): number => {
    const number = made.get(task) ?? add(task, true, wishesIn(task, nounsOf(place.vocabulary)), []);
    made.set(task, number);
    return number;
  };
  for (const { said } of wishes.filter(isLookUp)) lookUp(said);
  const created = wishes.flatMap(({ verb, text }) => verb === "create" && text ? [`"${text}"`] : []);
  const writes = wishes.filter((wish) => !isLookUp(wish)).map((wish) => {
    const tasks = lookUpsOf(wish).filter((task) => !created.some((name) => task.includes(name)));
    return { wish, looked: tasks.map(lookUp) };
  });
  for (const { wish, looked } of writes) {
    const waits = created.flatMap((name) => wish.said.includes(name) ? made.get(name) ?? [] : []);
    const step = add(wish.said, false, wish.each ? [wish, wish.each] : [wish], [...looked, ...waits]);
    if (wish.text) made.set(`"${wish.text}"`, step);
  }
  return { goal: place.conversation.request.slice(0, 300).toWellFormed(), steps: steps.slice(0, 12) };
}

function lookUpsOf(wish: Wish): string[] {
  const page = lookUpsFor(wish);
  if (page.length > 0) return page;
  const of = wish.of.flatMap(({ noun, name }) => name ? [`Find the ${spoken(noun)} "${name}"`] : []);
  const rows = wish.verb === "create" ? wish.each : wish;
  if (!rows || rows.name === null) return of;
  return [
    ...of,
    rows.name ? `Find the ${spoken(rows.subject.noun)} "${rows.name}"` : `List the ${described(rows, false)}`,
  ];
}

/** Its own, those that read its kind of thing, and what finds the rows that they belong to. */
function toolsFor({ verb, subject: { tools }, of }: Wish, { vocabulary }: Place): string[] {
  const parents = of.map(({ noun }) => vocabulary.get(noun)?.tools.list);
  return [tools.list, tools.get, tools[verb], ...parents].flatMap((tool) => tool?.name ?? []);
}

/** What the steps of a plan have handed in, as their reports. */
export function reportsIn(outcomes: readonly Outcome[]): Report[] {
  const steps = outcomes.flatMap(({ data }) => rowOf(data).steps ?? []).map(rowOf);
  const lost: Row = {
    status: "failed",
    summary: `I could not carry out a plan: ${outcomes.at(-1)?.message}`,
  };
  return (steps.length > 0 ? steps : [lost]).map(({ status, summary, error, data }): Report => {
    const kind = /failed|skipped/.test(String(status))
      ? "failed"
      : rowOf(data).kind === "done"
      ? "done"
      : "found";
    return { kind, text: String(summary ?? error ?? ""), noun: "", rows: [] };
  });
}

/** What was done, what was found and what failed, in the words of a person. */
export function answerOf(reports: readonly Report[]): string {
  const [first] = reports;
  if (first && reports.length === 1) return first.lines || first.text;
  const of = (
    kind: Report["kind"],
  ) => [...new Set(reports.filter((one) => one.kind === kind).map(({ text }) => text))];
  const told = (what: string, texts: string[]) =>
    texts.length > 0 ? [`${what}:\n- ${texts.join("\n- ")}`] : [];
  const others = [...told("What I found", of("found")), ...told("What did not work", of("failed"))];
  return [...of("done"), ...others].join("\n\n");
}
