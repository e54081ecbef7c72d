// Schemas as other people have them go through init and new-tools: every relation gets tools that type-check and pass
// check-tools, or a sentence that says why it gets none.
import assert from "node:assert/strict";
import { type ProjectName, workplace } from "../support/adopt/copy_tree.ts";
import { doTask, runTask } from "../support/adopt/task_runs.ts";

interface Starter {
  project: ProjectName;
  /** Relations with tools, and the names of these. */
  tools: Record<string, string[]>;
  /** Relations without, and what is said of them. */
  refused: Record<string, RegExp>;
  /** Tools that make the one row that a user can have, which each user of the app has from the start. */
  untried?: string[];
}

const STARTERS: Starter[] = [
  {
    project: "todos",
    tools: { todos: ["list_todos", "get_todo", "create_todo", "update_todo"] },
    refused: {},
  },
  {
    project: "profiles",
    tools: { profiles: ["list_profiles", "get_profile", "create_profile", "update_profile"] },
    refused: {},
    untried: ["create_profile"],
  },
  {
    project: "subscriptions",
    tools: {
      users: ["list_users", "get_user", "update_user"],
      products: ["list_products", "get_product"],
      prices: ["list_prices", "get_price"],
      subscriptions: ["list_subscriptions", "get_subscription"],
    },
    refused: { customers: /No policy lets users see/ },
  },
  {
    project: "chat",
    tools: {
      users: ["list_users", "get_user", "create_user", "update_user"],
      channels: ["list_channels", "get_channel", "create_channel"],
      messages: ["list_messages", "get_message", "create_message", "update_message"],
      user_roles: ["list_user_roles", "get_user_role"],
    },
    refused: { role_permissions: /No policy lets users see/ },
    untried: ["create_user"],
  },
  {
    project: "accounts",
    tools: { posts: ["list_posts", "get_post", "create_post", "update_post"] },
    refused: { "basejump.accounts": /Tools read schema public alone/ },
  },
];

for (const { project, tools, refused, untried = [] } of STARTERS) {
  Deno.test(`the schema of ${project}: every relation gets tools, or a sentence`, async (t) => {
    await using place = await workplace(project);
    const { clone, app } = place;
    await t.step("init", async () => void await doTask(clone, ["init", "--into", app]));
    for (const [table, names] of Object.entries(tools)) {
      await t.step(`tools of ${table}`, async () => {
        const { output } = await doTask(clone, ["new-tools", "--into", app, "--table", table]);
        const [, told = ""] = /domain\/tools\/\w+\.ts: (.*)/.exec(output) ?? [];
        assert.deepEqual(told.match(/\b(list|get|create|update)_\w+/g), names, output);
      });
    }
    for (const [table, sentence] of Object.entries(refused)) {
      await t.step(`${table} is refused`, async () => {
        const { code, output } = await runTask(clone, ["new-tools", "--into", app, "--table", table]);
        assert.equal(code, 1, output);
        assert.match(output, sentence);
      });
    }
    await t.step("types", async () => void await doTask(clone, ["types", "--project", app]));
    await t.step("check-tools", async () => {
      const { output } = await doTask(clone, ["check-tools", "--project", app]);
      const not_tried = [...output.matchAll(/^untried +(\w+)/gm)].map(([, name]) => name);
      assert.deepEqual(not_tried, untried, output);
    });
  });
}
