// A plan for several wishes: what executors look up, side by side, and what is written after that; and its answer.
import { nounsOf } from "./clauses.ts";
import { type Outcome, type Row, rowOf } from "./conversation.ts";
import { described, listed, type Place, type Report, report } from "./pursuit.ts";
import { lineOf } from "./rows.ts";
import { spoken } from "./vocabulary.ts";
import { type Wish, wishesIn } from "./wish.ts";
import { lookUpsFor } from "./workspace.ts";

/** The arguments of `create_plan`: a step of its own for each look-up, once, and for each write. */
export function planFor(wishes: readonly Wish[], place: Place): Row {
  const steps: Row[] = [];
  const made = new Map<string, number>();
  const add = (task: string, read: boolean, needs: readonly Wish[], depends_on: number[]): number => {
    const tools = [...new Set(needs.flatMap((wish) => toolsFor(wish, read, place)))];
    const title = task.slice(0, 100).toWellFormed();
    const step_number = steps.length + 1;
    steps.push({
      step_number,
      title,
      task,
      executor_required: read,
      tools,
      depends_on: [...new Set(depends_on)],
    });
    return step_number;
  };
  const lookUp = (task: string): number => {
    const known = made.get(task) ??
      add(task, true, wishesIn(task, nounsOf(place.vocabulary), place.focus), []);
    made.set(task, known);
    return known;
  };
  const isWrite = ({ verb }: Wish) => !/^(?:show|find|count)$/.test(verb);
  for (const wish of wishes) if (!isWrite(wish)) lookUp(wish.said);
  for (const wish of wishes.filter(isWrite)) {
    const own = [wish.name, ...wish.of.map(({ name }) => name)].flatMap((name) =>
      made.get(`new ${name}`) ?? []
    );
    const after = own.length > 0 ? own : lookUpsOf(wish, place).map(lookUp);
    const step = add(wish.said, false, [wish, ...(wish.each ? [wish.each] : [])], after);
    if (wish.text) made.set(`new ${wish.text}`, step);
  }
  return {
    goal: wishes.map(({ said }) => said).join("; ").slice(0, 300).toWellFormed(),
    steps: steps.slice(0, 12),
  };
}

function lookUpsOf(wish: Wish, place: Place): string[] {
  const page = lookUpsFor(wish, place);
  if (page.length > 0) return page;
  const of = wish.of.flatMap(({ noun, name }) => name ? [`Find the ${spoken(noun)} "${name}"`] : []);
  const rows = wish.verb === "create" ? wish.each : wish;
  if (!rows || rows.name === null) return of;
  return [
    ...of,
    rows.name ? `Find the ${spoken(rows.subject.noun)} "${rows.name}"` : `List the ${described(rows, false)}`,
  ];
}

/** Those of its kind of thing, and what finds the rows that they belong to. */
function toolsFor({ subject, of }: Wish, read: boolean, { vocabulary }: Place): string[] {
  const own = Object.values(subject.tools).filter(({ name }) =>
    !read || /^(?:list|search|find|get)_/.test(name)
  );
  const parents = of.flatMap(({ noun }) => vocabulary.get(noun)?.tools.list ?? []);
  return [...own, ...parents].map(({ name }) => name);
}

/** What the steps of a plan have handed in, as their reports. */
export function reportsIn(outcomes: readonly Outcome[]): Report[] {
  const steps = outcomes.flatMap(({ data }) => rowOf(data).steps ?? []);
  const texts = (value: unknown) =>
    Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
  const reports = steps.map(rowOf).map(({ status, summary, error, data }): Report => {
    const [done, lines, left] = [texts(rowOf(data).done), texts(rowOf(data).lines), texts(rowOf(data).left)];
    if (/failed|skipped/.test(String(status))) return report({ problem: String(summary ?? error) });
    return report(done.length + left.length > 0 ? { done, lines, left } : { found: String(summary ?? "") });
  });
  const problem = `I could not carry out a plan: ${outcomes.at(-1)?.message ?? "it gave no result."}`;
  return reports.length > 0 ? reports : [report({ problem })];
}

/** What was done, what was found and what failed, in the words of a person. */
export function answerOf(reports: readonly Report[]): string {
  const [done, lines, left] = [
    reports.flatMap((one) => one.done),
    reports.flatMap((one) => one.lines),
    reports.flatMap((one) => one.left),
  ];
  const problems = [...new Set(reports.flatMap(({ problem }) => problem ?? []))];
  const found = reports.flatMap((one) => one.found ?? []);
  const [only] = reports;
  const many = reports.length === 1 && only?.total !== undefined && only.rows.length > 0 && only.found;
  const whole = many
    ? `${many.replace(/\.$/, ":")}\n${bullets(only.rows.map(lineOf), only.total)}`
    : found.join("\n");
  return [
    done.length > 0 && `Done: I ${listed(done)}.`,
    bullets(lines),
    left.join(" "),
    found.length > 1 || done.length > 0 && found.length > 0 ? `What I found:\n${bullets(found)}` : whole,
    reports.length === 1
      ? problems.join(" ")
      : problems.length > 0 && `What did not work:\n${bullets(problems)}`,
  ].filter(Boolean).join("\n\n") || "Nothing was changed.";
}

/** One line each, and a last one that says how many more there are. */
function bullets(lines: readonly string[], total = lines.length): string {
  const more = total - Math.min(10, lines.length);
  return [...lines.slice(0, 10).map((line) => `- ${line}`), ...(more > 0 ? [`- and ${more} more`] : [])].join(
    "\n",
  );
}
