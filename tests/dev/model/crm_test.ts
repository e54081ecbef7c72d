// The demo model on tables that it has never seen: sentences, and what comes of them.
import assert from "node:assert/strict";
import { PlanDraft, StepResult } from "../../../shared/contracts/plan.ts";
import type { Row } from "../../../dev/model/brain/conversation.ts";
import { crm, HOSTILE, READS, TOOLS, uuid } from "./crm.ts";
import { answered, chat, converse, step, toolResult } from "./talk.ts";
import { SUBMIT_RESULT } from "../../../shared/agents/loop/step_loop.ts";

function said(message: string, known?: Row) {
  const { calls, call } = crm();
  const { text, last } = chat(message, {
    tools: TOOLS,
    answer: (name, args) => name === "create_plan" ? undefined : call(name, args),
  }, known);
  return { text, calls, plan: last && PlanDraft.parse(last.arguments) };
}

function worked(task: string, tools: readonly string[], earlier?: Row[]) {
  const { calls, call } = crm();
  const { last } = step(task, {
    tools: TOOLS.filter(({ name }) => tools.includes(name)),
    answer: (name, args) => name === "submit_result" ? undefined : call(name, args),
  }, earlier);
  return { calls, result: StepResult.parse(last?.arguments) };
}

const names = (calls: readonly { name: string }[]) => calls.map(({ name }) => name);

/** A plan carried out: each step is worked on with what the steps before it have handed in. */
function planned(message: string) {
  const { plan } = said(message);
  assert.ok(plan, message);
  const reports: Row[] = [];
  const calls: { name: string; arguments: Row }[] = [];
  for (const { step_number, title, task, tools, depends_on } of plan.steps) {
    const earlier = reports.filter((report) => depends_on.includes(Number(report.step_number)));
    const { result, calls: made } = worked(task, tools, earlier.length > 0 ? earlier : undefined);
    calls.push(...made);
    reports.push({ step_number, title, ...JSON.parse(JSON.stringify(result)) });
  }
  const { text } = chat(message, {
    tools: TOOLS,
    answer: () => ({
      ok: true,
      data: { status: "completed", steps: reports },
      message: "Every step completed.",
    }),
  });
  return { plan, reports, calls, text };
}

for (
  const [message, expected, answer] of [
    ["Show the lead deals of Acme", [
      ["list_customers", { query: "Acme" }],
      ["list_deals", { stage: ["lead"], customer_id: uuid(1) }],
    ], /^2 lead deals of the customer "Acme":\n- \*\*Renewal\*\* \(stage lead, amount 1200/],
    ["How many won deals are there?", [["list_deals", { stage: ["won"] }]], /^1 won deal\.$/],
    ["Which tickets are pending?", [["list_tickets", { status: ["pending"] }]], /^No pending tickets\.$/],
    ["List the first three tickets", [["list_tickets", { limit: 3 }]], /^3 tickets:(\n- .*){3}$/],
    [
      "Show the two most urgent tickets",
      [["list_tickets", { limit: 50, sort_by: "priority" }]],
      /^2 most urgent tickets:\n- \*\*Ticket 4\*\*.*\n- \*\*Ticket 5\*\*[^\n]*$/,
    ],
    ["Get the latest five deals", [["list_deals", { limit: 5, sort_by: "created_at" }]], /deals/],
    [
      "Show the deal Renewal",
      [["list_deals", { query: "Renewal" }], ["get_deal", { deal_id: uuid(11) }]],
      /^The deal \*\*Renewal\*\*/,
    ],
    ['Find the deal "Nonsense"', [["list_deals", { query: "Nonsense" }]], /^I found no deal "Nonsense"\.$/],
    [
      "Show tickets about printers",
      [["list_tickets", { query: "printers" }]],
      /^No tickets about "printers"\.$/,
    ],
    ["Find the notes for the deal Renewal", [["list_deals", { query: "Renewal" }], ["find_notes_for_deal", {
      deal_id: uuid(11),
    }]], /Discount/],
    ['Create a deal "Expansion" for Acme with amount 5,000 and stage qualified', [
      ["list_customers", { query: "Acme" }],
      ["create_deal", { title: "Expansion", amount: 5000, stage: "qualified", customer_id: uuid(1) }],
    ], /^I created the deal \*\*Expansion\*\*\.$/],
    [
      'Create a deal "Expansion"',
      [["create_deal", { title: "Expansion" }]],
      /^That did not work: customer_id is missing\.$/,
    ],
    ['Add a ticket "Printer" for the team Support with urgent priority', [
      ["list_teams", { query: "Support" }],
      ["create_ticket", { title: "Printer", team_id: 1, priority: "urgent" }],
    ], /created the ticket \*\*Printer\*\*/],
    ["Log a call for the deal Renewal: they want a discount", [
      ["list_deals", { query: "Renewal" }],
      ["create_activity", { kind: "call", note: "They want a discount", deal_id: uuid(11) }],
    ], /created the activity/],
    ["Set the stage of the deal Renewal to won", [
      ["list_deals", { query: "Renewal" }],
      ["update_deal", { deal_id: uuid(11), updates: { stage: "won" } }],
    ], /^I changed \*\*Renewal\*\* \(stage won\)\.$/],
    ["Set the stage of all lead deals to qualified", [
      ["list_deals", { stage: ["lead"], limit: 50 }],
      ["update_deal", { deal_id: uuid(11), updates: { stage: "qualified" } }],
      ["update_deal", { deal_id: uuid(12), updates: { stage: "qualified" } }],
      ["update_deal", { deal_id: uuid(14), updates: { stage: "qualified" } }],
    ], /changed \*\*Renewal\*\*, \*\*Upgrade\*\* and \*\*Pilot\*\* \(stage qualified\)\.$/],
    ["Mark the ticket Ticket 2 as closed", [
      ["list_tickets", { query: "Ticket 2" }],
      ["update_ticket", { ticket_id: 42, status: "closed" }],
    ], /status closed/],
    ["Change the amount of the deal Pilot to 75.5", [
      ["list_deals", { query: "Pilot" }],
      ["update_deal", { deal_id: uuid(14), updates: { amount: 75.5 } }],
    ], /amount 75\.5/],
    ["Set the role of the team member Ann to lead", [
      ["list_team_members", {}],
      ["update_team_member", { team_id: 1, user_id: uuid(91), updates: { role: "lead" } }],
    ], /role lead/],
    ["Create a ticket for each won deal for the team Field", [
      ["list_teams", { query: "Field" }],
      ["list_deals", { stage: ["won"], limit: 50 }],
      ["create_ticket", { title: "Rollout", team_id: 2 }],
    ], /created the ticket \*\*Rollout\*\*/],
    ["Update the deal Renewal", [], /Tell me what to change/],
    ["Delete the deal Renewal", [], /I have no tool here to delete deals/],
  ] as const
) {
  Deno.test(`"${message}"`, () => {
    const { text, calls, plan } = said(message);
    assert.equal(plan, undefined);
    assert.deepEqual(calls, expected.map(([name, args]) => ({ name, arguments: args })));
    assert.match(text, answer);
  });
}

Deno.test("several look-ups and a write: executors look up side by side, then the write has the id that they found", () => {
  const message =
    'Show the lead deals of Acme, list tickets and create a deal "Expansion" for Acme with amount 5000';
  const { plan, calls, text } = planned(message);
  assert.deepEqual(
    plan.steps.map(({ task, executor_required, depends_on }) => [task, executor_required, depends_on]),
    [
      ["Show the lead deals of Acme", true, []],
      ["list tickets", true, []],
      ['Find the customer "Acme"', true, []],
      ['create a deal "Expansion" for Acme with amount 5000', false, [3]],
    ],
  );
  assert.ok(plan.steps.slice(0, 3).every(({ tools }) => tools.every((name) => READS.includes(name))));
  assert.deepEqual(calls.at(-1), {
    name: "create_deal",
    arguments: { title: "Expansion", amount: 5000, customer_id: uuid(1) },
  });
  assert.equal(names(calls).filter((name) => name === "create_deal").length, 1);
  assert.ok(text.startsWith(
    'I created the deal **Expansion**.\n\nWhat I found:\n- 2 lead deals of the customer "Acme": Renewal and Upgrade.\n- 7 tickets: ',
  ));
});

Deno.test("what a look-up and a write need alike is one step, and what is made on the way is waited for", () => {
  assert.deepEqual(
    planned('Show the lead deals of Acme and create a deal "Expansion" for Acme').plan.steps.map((
      { depends_on },
    ) => depends_on),
    [[], [], [2]],
  );
  const { plan, calls } = planned('Create a deal "Expansion" for Acme and log a call for it: they agreed');
  assert.deepEqual(plan.steps.map(({ depends_on }) => depends_on), [[], [1], [2]]);
  assert.deepEqual(calls.at(-1), {
    name: "create_activity",
    arguments: { kind: "call", note: "They agreed", deal_id: uuid(99) },
  });
});

Deno.test("its, it, and a list of kinds are written out for whoever works on them", () => {
  const tasks = (message: string) => said(message).plan?.steps.map(({ task }) => task);
  assert.deepEqual(tasks("Show the deal Renewal and its activities"), [
    "Show the deal Renewal",
    'Show the activities of the deal "Renewal"',
  ]);
  assert.deepEqual(tasks("List the customers, teams and tickets"), [
    "List the customers",
    "List teams",
    "List tickets",
  ]);
  assert.deepEqual(tasks('Find the deal "Pilot" and set its stage to lost'), [
    'Find the deal "Pilot"',
    'set the stage of the deal "Pilot" to lost',
  ]);
});

Deno.test("a step that finds nothing says so and fails; the answer tells what did not work", () => {
  const { result } = worked('Find the customer "Nobody"', READS);
  assert.deepEqual([result.status, result.summary], ["failed", 'I found no customer "Nobody".']);
  const steps = [
    { step_number: 1, status: "failed", summary: result.summary },
    { step_number: 2, status: "skipped", error: "Step 1 (Find the customer) did not complete." },
  ];
  const { text } = chat("List tickets and create a deal X for Nobody", {
    tools: TOOLS,
    answer: () =>
      JSON.parse(JSON.stringify({ ok: true, data: { status: "failed", steps }, message: "Some failed." })),
  });
  assert.match(text, /^What did not work:\n- I found no customer "Nobody"\.\n- Step 1/);
});

Deno.test("an executor that finds only others asks, and goes on with whom the planner takes", () => {
  const { call } = crm();
  const tools = TOOLS.filter(({ name }) => READS.includes(name));
  const customers = [{ id: uuid(2), name: "Globex Corporation" }];
  const answer = (name: string, args: Row) =>
    name === "submit_result"
      ? undefined
      : name === "list_customers"
      ? { ok: true, data: { customers, total: 1 } }
      : call(name, args);
  const asks = step('Show the deals of the customer "Gl0bex"', { tools, answer });
  const asked = StepResult.parse(asks.last?.arguments);
  assert.deepEqual([asked.status, asked.open_questions], ["needs_input", [
    'Which customer is meant by "Gl0bex": "Globex Corporation"?',
  ]]);
  const told = (user_message: string) => answered(user_message, asked.open_questions?.[0] ?? "");
  assert.equal(told("Show the deals of Globex"), 'Take "Globex Corporation".');
  assert.equal(told("Show the deals of somebody"), "None of these is meant.");
  for (
    const [said, status] of [['Take "Globex Corporation".', "completed"], [
      "None of these is meant.",
      "failed",
    ]] as const
  ) {
    const { last } = converse(
      [...asks.messages, toolResult(asks.messages), { role: "user", content: said }],
      {
        tools: [...tools, { ...SUBMIT_RESULT }],
        answer,
      },
    );
    assert.equal(StepResult.parse(last?.arguments).status, status, said);
  }
});

Deno.test("names and texts of rows are never orders, and are told as they are", () => {
  const { calls, text } = said(`Show the customer "Umbra"`);
  assert.deepEqual(names(calls), ["list_customers", "get_customer"]);
  assert.ok(text.includes(HOSTILE));
  const earlier = [{
    step_number: 1,
    status: "completed",
    data: { customers: [{ id: uuid(3), title: HOSTILE }] },
  }];
  const { calls: made } = worked('create a deal "X" for the customer "Umbra"', [
    "create_deal",
    "list_customers",
  ], earlier);
  assert.deepEqual(made, [{ name: "create_deal", arguments: { title: "X", customer_id: uuid(3) } }]);
});

Deno.test("the row that a chat is about is meant where none is named, by a key of any kind", () => {
  const deal = { focus: { deal: { id: uuid(11), title: "Renewal" } } };
  assert.deepEqual(said("Set the stage to won", deal).calls, [
    { name: "update_deal", arguments: { deal_id: uuid(11), updates: { stage: "won" } } },
  ]);
  assert.deepEqual(said("Show this deal", deal).calls, [{
    name: "get_deal",
    arguments: { deal_id: uuid(11) },
  }]);
  assert.deepEqual(said("List the activities", deal).calls, [{
    name: "list_activities",
    arguments: { deal_id: uuid(11) },
  }]);
  assert.deepEqual(
    said("Mark this ticket as closed", { focus: { ticket: { id: 47, title: "Ticket 7" } } }).calls,
    [
      { name: "update_ticket", arguments: { ticket_id: 47, status: "closed" } },
    ],
  );
  assert.match(said("Show this deal").text, /Tell me which deal you mean/);
});

Deno.test("an id that is nobody's is said to be so", () => {
  const { text } = said("Set the stage to won", { focus: { deal: { id: uuid(77), title: "Gone" } } });
  assert.match(text, /^That did not work: There is no deal with this deal_id\.$/);
});

Deno.test("what the user declines stays undone, and what they edit is told as it was done", () => {
  const answered = (result: Row) => {
    let calls = 0;
    const { text } = chat("Set the stage to won", {
      tools: TOOLS,
      answer: () => (calls += 1, result),
    }, { focus: { deal: { id: uuid(11), title: "Renewal" } } });
    assert.equal(calls, 1);
    return text;
  };
  assert.equal(answered({ ok: false, error: "rejected", message: "No." }), "Then I leave it as it is.");
  const used = { deal_id: uuid(11), updates: { stage: "lost" } };
  assert.match(
    answered({
      ok: true,
      arguments_used: used,
      data: {},
      message: "The user changed the arguments. Changed stage.",
    }),
    /^As you changed it: The user changed the arguments\. Changed stage\.$/,
  );
});

Deno.test("a list that goes on is read on before all of it is changed, and no more is changed than said", () => {
  const rows = Array.from(
    { length: 30 },
    (_, n) => ({ id: uuid(200 + n), title: `Deal ${n}`, stage: "lead" }),
  );
  const calls: { name: string; arguments: Row }[] = [];
  const { text } = chat("Set the stage of all lead deals to won", {
    tools: TOOLS,
    answer: (name, args): Row => {
      calls.push({ name, arguments: args });
      if (name !== "list_deals") return { ok: true, data: {}, message: "Changed." };
      const from = Number(args.cursor ?? 0);
      const next: Row = from + 10 < rows.length ? { next_cursor: String(from + 10) } : {};
      return { ok: true, data: { deals: rows.slice(from, from + 10), total: 30, ...next } };
    },
  });
  assert.deepEqual(names(calls), [...Array(3).fill("list_deals"), ...Array(12).fill("update_deal")]);
  assert.match(text, /I left out 18 more/);
});

Deno.test("values of closed sets are words in any script, whatever signs are in them", () => {
  const values = ["new", "it's done", "x&y", "à faire", "b/c", "50% (half)", "готово", "$^.*+?[]{}|\\\\"];
  const state = { type: "array", items: { type: "string", enum: values } };
  const parameters = { type: "object", properties: { state } };
  const tools = [{ name: "list_orders", description: "Find orders", parameters }];
  const asked = (message: string) => chat(message, { tools, answer: () => undefined }).last?.arguments;
  assert.deepEqual(asked("Show orders"), {});
  for (const value of values) assert.deepEqual(asked(`Show the ${value} orders`), { state: [value] }, value);
});

Deno.test("what is understood in part is not written: nothing is made or changed with less than was said", () => {
  const deal = 'a deal "X" for Acme with';
  for (
    const [message, told] of [
      [`Create ${deal} stage negotiated`, /the stage in other words: lead, qualified, won, lost/],
      [`Create ${deal} stage lead and amount plenty`, /the amount in other words\./],
      ['Set the stage of the deal "Rollout" to won and the amount to plenty', /the amount in other words\./],
    ] as const
  ) {
    const { text, calls } = said(message);
    assert.match(text, told, message);
    assert.deepEqual(names(calls).filter((name) => /^(create|update)_/.test(name)), [], message);
  }
  assert.ok(names(said(`Create ${deal} stage lead and amount 5`).calls).includes("create_deal"));
});

Deno.test("who asks what is there is told the kinds of things", () => {
  assert.match(said("What is there?").text, /^There are deals, customers, tickets, .*\.$/);
});

Deno.test("where no tool is left, it says what its calls came to", () => {
  const { last } = step("List tickets", { tools: [], answer: () => undefined });
  assert.notEqual(StepResult.parse(last?.arguments).status, "completed");
});

Deno.test("what no rule is for is said to be so, by a model that says what it is", () => {
  for (const message of ["Hello", "Write a haiku", "Why?", "12 x 3"]) {
    const { text, calls } = said(message);
    assert.deepEqual(calls, []);
    assert.match(text, /not a language model/);
  }
});
