// What a check of tools comes to.

/** What is looked at, in the order in which it is told. */
export const CHECKS = {
  declared: "footprints, defaults and triggers are as the tool says",
  answers: "every argument is taken",
  reads_only: "reading changes nothing",
  strangers: "another user sees and changes nothing",
  shown: "what is shown is listed",
  once: "called twice, it has one effect and tells it",
  undone: "what it did can be undone",
  hostile: "odd texts do no harm and find their row",
  size: "the largest answer fits a window",
} as const;

export type Check = keyof typeof CHECKS;

export interface Failure {
  check: Check;
  /** What is wrong. */
  sentence: string;
}

export interface ToolFindings {
  tool: string;
  access: "read" | "write";
  /** How many calls were made. */
  calls: number;
  failures: Failure[];
  /** False where no call of it can be answered well, which is no fault of it. */
  is_tried: boolean;
  /** What could not be tried, and why. */
  notes: string[];
}

/** Findings of one tool, each told once. */
export function findingsOf(tool: string, access: "read" | "write") {
  const found: ToolFindings = { tool, access, calls: 0, failures: [], is_tried: true, notes: [] };
  const note = (sentence: string) => {
    if (!found.notes.includes(sentence)) found.notes.push(sentence);
  };
  return {
    found,
    note,
    fails(check: Check, sentence: string) {
      if (!found.failures.some((one) => one.sentence === sentence)) found.failures.push({ check, sentence });
    },
    cannotTry(sentence: string) {
      found.is_tried = false;
      note(sentence);
    },
  };
}

export type Findings = ReturnType<typeof findingsOf>;
