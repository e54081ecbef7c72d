// One call that waits, and what its person does about it. Nothing can be decided that was not shown: a card that has just
// appeared or changed sleeps for a moment, and an edit is looked at first.
import { useEffect, useRef, useState } from "preact/hooks";
import { AgentClientError, type DecisionInput, type Effect, type Open } from "../../client/mod.ts";
import type { Json } from "../../shared/contracts/text.ts";
import { looksSame, type Waiting } from "../data/approvals_data.ts";
import { sentenceOf } from "../data/console_data.ts";
import { useData } from "../data/use_data.ts";
import type { FieldProblem } from "./edit_arguments.tsx";

/** How long buttons sleep: a click that was on its way to something else hits nothing. */
const SLEEP_MS = 400;

export interface Shown {
  arguments: Json;
  effects: readonly Open<Effect>[] | null;
  edited: boolean;
}

export interface Decision {
  shown: Shown;
  /** What was shown before it changed. */
  before: readonly Open<Effect>[] | null;
  mode: "look" | "edit" | "decline";
  busy: boolean;
  asleep: boolean;
  /** What was decided here. */
  outcome: string | null;
  problem: FieldProblem | null;
  setMode(mode: Decision["mode"]): void;
  look(args: Record<string, Json>): void;
  /** Back to what was proposed. */
  dropEdit(): void;
  allow(scope: "once" | "session" | "always"): void;
  decline(reason: string): void;
}

/** `settled` is called when it waits no more, here or elsewhere. */
export function useDecision(approval: Waiting, settled: () => void): Decision {
  const data = useData();
  const proposed = { arguments: approval.arguments, effects: approval.effects, edited: false };
  const [shown, setShown] = useState<Shown>(proposed);
  const [before, setBefore] = useState<Decision["before"]>(null);
  const [mode, setMode] = useState<Decision["mode"]>("look");
  const [busy, setBusy] = useState(false);
  const [outcome, setOutcome] = useState<string | null>(null);
  const [problem, setProblem] = useState<FieldProblem | null>(null);
  const last = useRef(approval);
  const asleep = useSleep(shown);

  useEffect(() => {
    if (looksSame(last.current, approval)) return;
    setBefore(last.current.effects);
    last.current = approval;
    setShown(proposed);
    setMode("look");
    setOutcome(null);
  }, [approval]);

  const busily = async (work: () => Promise<void>) => {
    setBusy(true);
    setProblem(null);
    try {
      await work();
    } catch (error) {
      setProblem({ field: fieldOf(error), problem: sentenceOf(error) });
      if (error instanceof AgentClientError && error.kind === "conflict") settled();
    }
    setBusy(false);
  };
  const { run_id, tool_call_id, arguments_sha256 } = approval;
  const decide = (decision: Pick<DecisionInput, "approved" | "reason" | "scope">, words: string) =>
    busily(async () => {
      const edit = decision.approved && shown.edited
        ? { arguments: { ...Object(shown.arguments) }, effects: shown.effects && [...shown.effects] }
        : {};
      const left = new AbortController();
      await data.ask((client) =>
        client.decide(run_id, [{ tool_call_id, arguments_sha256, ...decision, ...edit }], {
          signal: left.signal,
        })
      );
      // Whoever shows the run reads it on; here nobody does.
      left.abort();
      setOutcome(words);
      setMode("look");
      data.tell({ type: "decided", run_id });
      settled();
    });

  return {
    ...{ shown, before, mode, busy, asleep, outcome, problem },
    setMode(next) {
      setProblem(null);
      setMode(next);
    },
    look: (args) =>
      void busily(async () => {
        const seen = await data.ask((client) => client.preview(run_id, tool_call_id, args));
        setShown({ ...seen, edited: true });
        setMode("look");
      }),
    dropEdit: () => setShown(proposed),
    allow(scope) {
      if (asleep || busy || outcome !== null) return;
      void decide({ approved: true, ...(scope !== "once" && { scope }) }, ALLOWED[scope]);
    },
    decline: (reason) => void decide({ approved: false, ...(reason && { reason }) }, "You declined it."),
  };
}

const ALLOWED = {
  once: "You allowed it.",
  session: "You allowed it, and calls like it in this conversation.",
  always: "You allowed it, and calls like it from now on.",
} as const;

/** The name of an argument that the server found wrong, such as `loan_id`. */
function fieldOf(error: unknown): string {
  const field = error instanceof AgentClientError ? error.field ?? "" : "";
  return /^(?:decisions\.\d+\.)?arguments\.(.*)$/.exec(field)?.[1] ?? "";
}

function useSleep(shown: Shown): boolean {
  const [awake, setAwake] = useState<Shown | null>(null);
  useEffect(() => {
    const timer = setTimeout(() => setAwake(shown), SLEEP_MS);
    return () => clearTimeout(timer);
  }, [shown]);
  return awake !== shown;
}
