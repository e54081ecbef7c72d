// A plan for several wishes: what executors look up, side by side, and what is written after that; and its answer.
import { type Call, type Row, rowOf } from "./conversation.ts";
import { described } from "./pursuit.ts";
import type { Place, Report } from "./replay.ts";
import { theOne } from "./vocabulary.ts";
import { type Wish, wishesIn } from "./wish.ts";
import { lookUpsFor } from "./workspace.ts";

const isLookUp = ({ verb }: Wish) => /get|list|count/.test(verb);

/** The arguments of `create_plan`: a step for each look-up, once, and then one for each write. */
export function planFor(wishes: readonly Wish[], { vocabulary, conversation }: Place): Row {
  const steps: Row[] = [];
  const add = (task: string, needs: Wish[], depends_on?: number[]): number => {
    const named = { step_number: steps.length + 1, title: task.slice(0, 100).toWellFormed(), task };
    // Its own, those that read its kind of thing, and what finds the rows that they belong to.
    const used = needs.flatMap(({ verb, subject: { tools: { list, get, [verb]: own } }, of }) => {
      return [list, get, own, ...of.map(({ subject }) => subject.tools.list)];
    });
    const tools = [...new Set(used.flatMap((tool) => tool?.name ?? []))];
    return steps.push({ ...named, executor_required: !depends_on, tools, depends_on: depends_on ?? [] });
  };
  // Steps by what they look up, and by the names of what they make, which can't be looked up before.
  const made = new Map<string, number>();
  const news = wishes.flatMap(({ verb, text }) => verb === "create" && text ? [`"${text}"`] : []);
  const tasksOf = (wish: Wish) => lookUpsOf(wish).filter((task) => !news.some((name) => task.includes(name)));
  const writes = wishes.filter((wish) => !isLookUp(wish));
  const tasks = [...wishes.filter(isLookUp).map(({ said }) => said), ...writes.flatMap(tasksOf)];
  for (const task of new Set(tasks)) made.set(task, add(task, wishesIn(task, { vocabulary })));
  for (const wish of writes) {
    const needed = [...tasksOf(wish), ...news.filter((name) => wish.said.includes(name))];
    const depends_on = needed.flatMap((one) => made.get(one) ?? []);
    const step = add(wish.said, wish.each ? [wish, wish.each] : [wish], depends_on);
    if (wish.text) made.set(`"${wish.text}"`, step);
  }
  return { goal: conversation.request.slice(0, 300).toWellFormed(), steps: steps.slice(0, 12) };
}

function lookUpsOf(wish: Wish): string[] {
  const page = lookUpsFor(wish);
  if (page.length > 0) return page;
  const rows = wish.verb === "create" ? wish.each : wish;
  const named = [...wish.of, ...(rows ? [rows] : [])];
  const finds = named.flatMap(({ subject, name }) => name ? [`Find ${theOne(subject, name)}`] : []);
  return rows && rows.name === undefined ? [...finds, `List the ${described(rows)}`] : finds;
}

/** What the steps of a plan have handed in, as their reports. */
export function reportsOf(plans: readonly Call[]): Report[] {
  const steps = plans.flatMap(({ outcome }) => rowOf(outcome?.data).steps ?? []).map(rowOf);
  const lost = `I could not carry out a plan: ${plans.at(-1)?.outcome?.message}`;
  if (steps.length === 0) return [{ kind: "failed", text: lost }];
  return steps.map(({ status, summary, error, data }) => ({
    kind: /failed|skipped/.test(String(status)) ? "failed" : rowOf(data).kind === "done" ? "done" : "found",
    text: String(summary ?? error ?? ""),
  }));
}

const HEADS = {
  done: ["", "\n\n"],
  found: ["What I found:\n- ", "\n- "],
  failed: ["What did not work:\n- ", "\n- "],
};

/** What was done, what was found and what failed, in the words of a person. */
export function answerOf(reports: readonly Report[]): string {
  const [first] = reports;
  if (first && reports.length === 1) return first.lines || first.text;
  const told = Object.entries(HEADS).map(([kind, [head, apart]]) => {
    const texts = new Set(reports.filter((one) => one.kind === kind).map(({ text }) => text));
    return texts.size > 0 ? head + [...texts].join(apart) : "";
  });
  return told.filter(Boolean).join("\n\n");
}
