// The local stack of somebody else's project, as its user starts it and asks it.
import assert from "node:assert/strict";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { createClient } from "@supabase/supabase-js";
import { z } from "zod";
import { DEMO_USER } from "../../../dev/demo_user.ts";
import { LOCAL_PUBLISHABLE_KEY } from "../../../dev/local_key.ts";
import { adoptedProject } from "../../support/projects/adopted_project.ts";
import { startDev } from "../../support/stack/dev_command.ts";

const SEED = `insert into public.todos (user_id, task)
select id, 'Water the plants' from auth.users where email = '${DEMO_USER.email}';`;

/** `deno task dev` for the project, until it runs; ended as Ctrl-C ends it. */
async function devOf(root: string, ...flags: string[]) {
  const dev = await startDev(["--project", root, "--port", "0", ...flags]);
  assert.ok(await dev.runs, dev.lines.join("\n"));
  const text = dev.lines.join("\n");
  const url = /Supabase URL +(\S+)/.exec(text)?.[1] ?? "";
  return {
    ...{ url, text },
    async [Symbol.asyncDispose]() {
      dev.process.kill("SIGINT");
      await dev.process.status;
      await dev.output;
      await Deno.remove(dev.folder, { recursive: true });
    },
  };
}

/** What the demo user finds in the project's own table, through the API. */
async function todos(url: string): Promise<unknown> {
  const client = createClient(url, LOCAL_PUBLISHABLE_KEY, { auth: { persistSession: false } });
  const { error } = await client.auth.signInWithPassword(DEMO_USER);
  assert.equal(error, null);
  return (await client.from("todos").select("task").throwOnError()).data;
}

/** `deno task ask`, as a process. */
async function asked(root: string, port: string) {
  const { DATABASE_URL: _, ...env } = Deno.env.toObject();
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--allow-all", "--unstable-no-legacy-abort", "dev/ask.ts"],
      ...["--project", root, "--port", port, "--json", "What is there?"],
    ],
    cwd: fileURLToPath(new URL("../../../", import.meta.url)),
    env: { ...env, LLM_BASE_URL: "" },
    clearEnv: true,
    stdin: "null",
  }).output();
  const [out, aside] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code, out: out ?? "", aside: aside ?? "" };
}

const Answer = z.object({ status: z.literal("completed"), answer: z.string(), session_id: z.uuid() });

Deno.test("a project's stack has its tables, its seed for the demo user, its functions, and keeps its data in its folder", async () => {
  await using project = await adoptedProject("todos", {
    "supabase/seed.sql": SEED,
    "supabase/functions/send-mail/index.ts": "Deno.serve(() => new Response());",
    ".env": "RUN_MAX_MODEL_CALLS=50\nDATABASE_URL=postgres://production.example/db\n",
  });
  const before = filesIn(project.root);
  {
    await using dev = await devOf(project.root, "--keep");
    assert.match(dev.text, /Only the agents' functions are served here, not send-mail\./);
    assert.match(dev.text, new RegExp(`Data +kept in ${project.root}/\\.dev/stack`));
    assert.deepEqual(await todos(dev.url), [{ task: "Water the plants" }]);
    const { code, out, aside } = await asked(project.root, new URL(dev.url).port);
    assert.deepEqual([code, aside], [0, ""], out);
    Answer.parse(JSON.parse(out));
  }
  await using again = await devOf(project.root, "--keep");
  assert.deepEqual(await todos(again.url), [{ task: "Water the plants" }], "the seed is not run again");
  assert.deepEqual(filesIn(project.root), before, "nothing is written but the data that are kept");
});

Deno.test("where another project's stack listens, a message gets a stack of its own, which is said, and ends with it", async () => {
  await using project = await adoptedProject("todos");
  await using another = whoSays({ root: "/somewhere/else" });
  const { code, out, aside } = await asked(project.root, another.port);
  assert.equal(code, 0, aside);
  assert.match(aside, /runs the stack of \/somewhere\/else, which is another project\.\nStarting a stack/);
  Answer.parse(JSON.parse(out));
});

/** Something that answers as a stack does when it is asked whose it is. */
function whoSays(told: object) {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => Response.json(told),
  );
  return { port: String(server.addr.port), [Symbol.asyncDispose]: () => server.shutdown() };
}

/** The paths of a project's files, without the data that a stack keeps. */
function filesIn(root: string): string[] {
  const walk = (folder: string): string[] =>
    [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) =>
      name === ".dev" ? [] : isDirectory ? walk(`${folder}/${name}`) : [relative(root, `${folder}/${name}`)]
    );
  return walk(root).sort();
}
