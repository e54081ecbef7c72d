// Requests that only the turns before them make clear.
import { answered, nothingChanged } from "../checks.ts";
import { changeFaults, text } from "../expected_changes.ts";
import { type Evidence, type Faults, HOME, say, seeded, type Task, turn } from "../task.ts";

export const CONVERSATIONS: readonly Task[] = [
  {
    kind: "chat",
    name: "update-earlier",
    about: "a change of what the turn before has named",
    time_zone: HOME,
    turns: [
      say("Is there a task about the passport?"),
      say("I have done that. Please tick it off."),
    ],
    judge(evidence) {
      const [asked, told] = [turn(evidence, 1), turn(evidence, 2)];
      const row = seeded(evidence.scene, "tasks", "Renew the passport");
      return [
        ...inTurn(1, [...answered(asked), ...nothingChanged(asked)]),
        ...inTurn(2, [
          ...answered(told),
          ...changeFaults(told.changes, [
            { change: "updated", table: "tasks", row, fields: { status: "done" } },
          ]),
        ]),
      ];
    },
  },
  {
    kind: "chat",
    name: "over-turns",
    about: "a change that needs both of the turns before it",
    time_zone: HOME,
    turns: [
      say('Create a task "Order the flowers" in the Product Launch project.'),
      say('And another one in the same project: "Book the band".'),
      say("Give the first of the two high priority, and 30 minutes."),
    ],
    judge(evidence) {
      const last = turn(evidence, 3);
      const row = turn(evidence, 1).changes.find(({ change }) => change === "created");
      return [
        ...inTurn(1, created(evidence, 1, "Order the flowers")),
        ...inTurn(2, created(evidence, 2, "Book the band")),
        ...inTurn(3, [
          ...answered(last),
          ...changeFaults(
            last.changes,
            row === undefined ? [] : [
              { change: "updated", table: "tasks", row, fields: { priority: "high", duration_minutes: 30 } },
            ],
          ),
        ]),
      ];
    },
  },
];

function created(evidence: Evidence, n: number, title: string): Faults {
  const { changes, ...rows } = turn(evidence, n);
  const fields = {
    title: text(title),
    project_id: seeded(evidence.scene, "projects", "Product Launch").id,
  };
  return [
    ...answered({ changes, ...rows }),
    ...changeFaults(changes, [{ change: "created", table: "tasks", fields }]),
  ];
}

function inTurn(n: number, faults: Faults): Faults {
  return faults.map((fault) => `turn ${n}: ${fault}`);
}
