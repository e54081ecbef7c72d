// A plan for several wishes: what executors look up, side by side, and what is written after that; and its answer.
import { nounsOf } from "./clauses.ts";
import { type Outcome, type Row, rowOf } from "./conversation.ts";
import { described, listed, type Place, type Report, report } from "./pursuit.ts";
import { lineOf, titleOf } from "./rows.ts";
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
  const isWrite = ({ verb }: Wish) => !/^(?:get|list|count)$/.test(verb);
  for (const wish of wishes) if (!isWrite(wish)) lookUp(wish.said);
  const created = wishes.flatMap(({ verb, text }) => verb === "create" && text ? [`"${text}"`] : []);
  const writes = wishes.filter(isWrite).map((wish) => {
    const tasks = lookUpsOf(wish, place).filter((task) => !created.some((name) => task.includes(name)));
    return { wish, looked: tasks.map(lookUp) };
  });
  for (const { wish, looked } of writes) {
    const waits = created.flatMap((name) => wish.said.includes(name) ? made.get(name) ?? [] : []);
    const step = add(wish.said, false, [wish, ...(wish.each ? [wish.each] : [])], [...looked, ...waits]);
    if (wish.text) made.set(`"${wish.text}"`, step);
  }
  return {
    goal: place.conversation.request.replace(/\s+/g, " ").slice(0, 300).toWellFormed(),
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
  const all = (of: "done" | "lines" | "left") => reports.flatMap((one) => one[of]);
  const problems = [...new Set(reports.flatMap(({ problem }) => problem ?? []))];
  const found = reports.map(toldIn).filter(Boolean);
  const [only] = reports.length === 1 ? reports : [];
  const rows = only?.total === undefined || !only.found ? [] : only.rows.map(lineOf);
  const listing = rows.length > 0 ? `${only?.found}:\n${bullets(rows, only?.total)}` : found.join("\n");
  return [
    all("done").length > 0 && `Done: I ${listed(all("done"))}.`,
    bullets(all("lines")),
    all("left").join(" "),
    found.length < 2 && all("done").length === 0
      ? listing
      : found.length > 0 && `What I found:\n${bullets(found)}`,
    only || problems.length === 0 ? problems.join(" ") : `What did not work:\n${bullets(problems)}`,
  ].filter(Boolean).join("\n\n") || "Nothing was changed.";
}

/** What was found, as a sentence with a few names. */
export function toldIn({ found, rows, total }: Report): string {
  const titles = total === undefined ? [] : rows.slice(0, 5).map(titleOf);
  const more = (total ?? 0) > titles.length && titles.length > 0
    ? [`${(total ?? 0) - titles.length} more`]
    : [];
  return !found || /[.?!]$/.test(found)
    ? found ?? ""
    : [found, listed([...titles, ...more])].filter(Boolean).join(": ") + ".";
}

/** One line each, and a last one that says how many more there are. */
function bullets(lines: readonly string[], total = lines.length): string {
  const more = total - Math.min(10, lines.length);
  return [...lines.slice(0, 10).map((line) => `- ${line}`), ...(more > 0 ? [`- and ${more} more`] : [])].join(
    "\n",
  );
}
