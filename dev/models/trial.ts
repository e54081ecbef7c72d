// The three calls of a model, and the search for what mends its row where its host refuses one: first what the
// host's words say, then one change after the other, and what passes is the mend.
import type { ModelRow, RowPart } from "../../shared/llm/models/model_row.ts";
import type { Mend } from "../../shared/llm/failures/row_mends.ts";
import { type CallName, CALLS } from "./calls.ts";
import { blindly, changesBy, leftOut } from "./mends.ts";
import { mayPass, type Problem } from "./judge.ts";
import type { Heard } from "./listen.ts";

export interface Tried {
  name: CallName;
  /** What was changed in the row so far. */
  change: RowPart;
  heard: Heard;
  problem: Problem | null;
}

export interface Bench {
  /** The row with this change laid over it, as LLM_MODEL_TABLE does. */
  rowWith(change: RowPart): ModelRow;
  /** Makes one call with this row; null where there are no more calls to make. */
  call(name: CallName, row: ModelRow): Promise<{ heard: Heard; problem: Problem | null } | null>;
  /** Waits before a call is made again; `never` where that takes too long. */
  wait(problem: Problem): Promise<"waited" | "never">;
  /** What the host's words say of the row, where they are known; or that no change of it can help. */
  explained(tried: Tried): Promise<Mend | "not the row" | null>;
  tell(step: TrialStep): void;
}

export type TrialStep =
  /** A call with the row as it is so far. */
  | { type: "tried" } & Tried
  /** The same again, without a change. */
  | { type: "again"; name: CallName }
  /** The same call with one more change, and whether the host refuses the same as before. */
  | { type: "changed"; part: RowPart; tried: Tried; refusal: "none" | "same" | "other" }
  /** What the host's words mean for the row. */
  | { type: "explained"; why: string }
  | { type: "mended"; name: CallName; part: RowPart };

export interface TrialEnd {
  state: "usable" | "unusable" | "aborted";
  /** What mended the row; empty where nothing had to. */
  change: RowPart;
  /** What stays wrong. */
  problem: Problem | null;
}

/** Makes the calls until all of them come out well with the same row, or one of them can't be mended. */
export async function tryModel(bench: Bench): Promise<TrialEnd> {
  const search = createSearch(bench);
  let change: RowPart = {};
  const passed = new Set<CallName>();
  for (;;) {
    const name = CALLS.find((one) => !passed.has(one)) ?? null;
    const end = { change, problem: null };
    if (name === null) return { ...end, state: "usable" };
    const tried = await search.patiently(name, change);
    if (tried === null) return { ...end, state: "unusable" };
    const { problem } = tried;
    if (problem === null) {
      passed.add(name);
      continue;
    }
    if (problem.type === "aborted") return { ...end, state: "aborted" };
    const mend = await search.mend(tried);
    if (mend === "aborted") return { ...end, state: "aborted" };
    if (mend === null) return { ...end, problem, state: "unusable" };
    bench.tell({ type: "mended", name, part: mend.part });
    change = { ...change, ...mend.part };
    // What passed before has to pass with the mended row, too.
    passed.clear();
    if (mend.state === "passes") passed.add(name);
  }
}

/** A change that lets the call pass, or after which the host refuses something else. */
interface Helped {
  part: RowPart;
  state: "passes" | "goes_on";
}

function createSearch(bench: Bench) {
  /** The rows that were tried, so that a search ends. */
  const seen = new Set<string>();
  const key = (name: CallName, change: RowPart) => `${name} ${JSON.stringify(bench.rowWith(change))}`;

  async function once(name: CallName, change: RowPart): Promise<Tried | null> {
    seen.add(key(name, change));
    const result = await bench.call(name, bench.rowWith(change));
    return result && { name, change, ...result };
  }

  /** What may pass by itself gets a second chance. */
  async function patiently(name: CallName, change: RowPart): Promise<Tried | null> {
    const tried = await once(name, change);
    if (tried !== null) bench.tell({ type: "tried", ...tried });
    if (!tried?.problem || !mayPass(tried.problem)) return tried;
    if (await bench.wait(tried.problem) === "never") return tried;
    bench.tell({ type: "again", name });
    const again = await once(name, change);
    if (again !== null) bench.tell({ type: "tried", ...again });
    return again ?? tried;
  }

  async function changed(before: Tried, part: RowPart): Promise<TriedChange | null> {
    const tried = await once(before.name, { ...before.change, ...part });
    if (tried === null) return null;
    const same = tried.problem?.type === before.problem?.type && tried.heard.body === before.heard.body;
    const refusal = tried.problem === null ? "none" : same ? "same" : "other";
    bench.tell({ type: "changed", part, tried, refusal });
    return { tried, refusal };
  }

  async function firstOf(parts: readonly RowPart[], before: Tried, from: "words" | "trial"): Promise<Found> {
    for (const part of parts) {
      if (seen.has(key(before.name, { ...before.change, ...part }))) continue;
      const next = await changed(before, part);
      if (next === null) return null;
      if (next.tried.problem === null) return { part, state: "passes" };
      if (next.tried.problem.type === "aborted") return "aborted";
      if (goesOn(before.problem, next, from)) return { part, state: "goes_on" };
    }
    return null;
  }

  /** Where no single change mends it: all that can be left out, and of that only what must be. */
  async function together(before: Tried): Promise<Found> {
    for (const parts of leftOut(before.name, before.problem, bench.rowWith(before.change))) {
      const all = await firstOf([merged(parts)], before, "trial");
      if (all === "aborted") return all;
      if (all?.state !== "passes") continue;
      let kept = parts;
      for (const part of parts) {
        const fewer = kept.filter((one) => one !== part);
        if ((await changed(before, merged(fewer)))?.refusal === "none") kept = fewer;
      }
      return { part: merged(kept), state: "passes" };
    }
    return null;
  }

  async function mend(tried: Tried): Promise<Found> {
    const row = bench.rowWith(tried.change);
    const named = await bench.explained(tried);
    if (named === "not the row") return null;
    const told = named && changesBy(named, row);
    if (named && told) bench.tell({ type: "explained", why: `${named.field}: ${named.why}` });
    return await firstOf(told ?? [], tried, "words") ??
      await firstOf(blindly(tried.name, tried.problem, row), tried, "trial") ??
      await together(tried);
  }

  return { patiently, mend };
}

type Found = Helped | "aborted" | null;

interface TriedChange {
  tried: Tried;
  refusal: "none" | "same" | "other";
}

/** Whether what is wrong after a change is something else, and so the change a part of the mend. */
function goesOn(before: Problem | null, { tried, refusal }: TriedChange, from: "words" | "trial"): boolean {
  if (before?.type !== "failed" || refusal !== "other") return false;
  // Its call came through, and what is wrong with the answer may be mended next.
  if (tried.problem?.type !== "failed") return true;
  // A blind change can itself be what is refused next; one that the host's words asked for hardly.
  return from === "words";
}

function merged(parts: readonly RowPart[]): RowPart {
  return parts.reduce<RowPart>((all, part) => ({ ...all, ...part }), {});
}
