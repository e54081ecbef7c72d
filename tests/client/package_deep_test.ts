// The package, as npm has it after `npm pack`: it compiles in what Vite's and Next's starters write, is built by Vite,
// and is imported by Node.
import assert from "node:assert/strict";
import { nodeProgram } from "../../dev/cli/node_npm.ts";
import { pack } from "../../dev/pack.ts";

const STARTERS = ["create-vite@9.3.0", "create-next-app@16.4.3"];

const APP = `import { type AgentMessage, ask } from "./ask";
import { createAgentClient, resumableFetch, type ReadEvent } from "@agent-planner/client";
import { useAgentRun, type ShownMessage } from "@agent-planner/client/react";

const client = createAgentClient({
  url: "http://127.0.0.1:54321",
  publishable_key: "key",
  token: () => "token",
  fetch: resumableFetch(fetch),
});

export function wordOf(event: ReadEvent): string {
  switch (event.type) {
    case "text":
      return event.delta;
    case "plan_created":
      return event.plan.steps.map((step) => step.title).join();
    case "approval_required":
      return event.approvals.map(({ name, effects }) => name + String(effects?.length)).join();
    default:
      return event.type;
  }
}

export default function App() {
  const chat = useAgentRun(client, { session_id: null });
  const shown: ShownMessage[] = chat.messages;
  return (
    <main>
      {shown.map(({ id, role, content }) => <p key={id}>{role}: {content}</p>)}
      {chat.plan?.steps.map((step) => <i key={step.step_number}>{step.state}</i>)}
      {chat.approvals.map(({ tool_call_id }) => (
        <button key={tool_call_id} onClick={() => chat.decide({ tool_call_id, approved: true })}>Yes</button>
      ))}
      <button onClick={() => void ask(client).then((message: AgentMessage) => chat.send(message.text))}>
        {chat.status}
      </button>
    </main>
  );
}
`;
const ASK =
  `import { type AgentClient, AgentClientError, initialRunState, reduceRun, type RunState } from "@agent-planner/client";

export interface AgentMessage {
  text: string;
}

export async function ask(client: AgentClient): Promise<AgentMessage> {
  try {
    const run = await client.startRun({ message: "Hi", context_type: "general" });
    let state: RunState = initialRunState(run.run_id);
    for await (const event of run.events()) state = reduceRun(state, event);
    return { text: state.parts.join() };
  } catch (error) {
    const status: number = error instanceof AgentClientError ? error.status : 0;
    return { text: String(status) };
  }
}
`;
/** The package's own declarations are checked, too; a starter leaves those of all packages out. */
const WHOLE = { compilerOptions: { skipLibCheck: false, noEmit: true } };

async function run(cwd: string, program: string, ...args: string[]): Promise<{ code: number; text: string }> {
  const { code, stdout, stderr } = await new Deno.Command(program, { args, cwd }).output();
  const decoder = new TextDecoder();
  return { code, text: decoder.decode(stdout) + decoder.decode(stderr) };
}

async function succeeds(...command: Parameters<typeof run>): Promise<string> {
  const { code, text } = await run(...command);
  assert.equal(code, 0, `${command.slice(1).join(" ")}\n${text}`);
  return text;
}

/** What the compiler says of the package and of what uses it, when it checks every declaration. */
async function ownFaults(cwd: string, compile: string[]): Promise<string[]> {
  const [node = "", ...tsc] = compile;
  const { text } = await run(cwd, node, ...tsc, "-p", "tsconfig.whole.json", "--noEmit");
  const lines = text.split("\n").filter((line) => /error TS/.test(line));
  return lines.filter((line) => line.includes("@agent-planner") || !line.includes("node_modules"));
}

Deno.test("the package compiles in the starters of Vite and Next, is built by Vite, and Node imports it", async (t) => {
  const root = await Deno.makeTempDir({ prefix: "client-package-" });
  const [node, npm] = [await nodeProgram(), "npm"];
  try {
    const { npm: folder, jsr } = await pack(`${root}/dist`);
    const tarball = `${folder}/${(await succeeds(folder, npm, "pack", "--silent")).trim()}`;
    const starters = `${root}/starters`;
    await Deno.mkdir(starters);
    await Deno.writeTextFile(`${starters}/package.json`, "{}");
    await succeeds(starters, npm, "install", "--no-audit", "--no-fund", ...STARTERS);
    const vite = `${root}/vite`;
    await succeeds(root, "cp", "-r", `${starters}/node_modules/create-vite/template-react-ts`, vite);
    await succeeds(vite, npm, "install", "--no-audit", "--no-fund", tarball);
    await Deno.writeTextFile(`${vite}/src/App.tsx`, APP);
    await Deno.writeTextFile(`${vite}/src/ask.ts`, ASK);
    const tool = (name: string) => `${vite}/node_modules/${name}`;
    const compile = [node, tool("typescript/bin/tsc")];

    await t.step("nothing that is published names a source of ours, or zod", async () => {
      const published = tool("@agent-planner/client");
      const found = await run(published, "grep", "-rnE", String.raw`from "[^"]*(\.ts|zod)"`, ".");
      assert.equal(found.code, 1, found.text);
      assert.equal((await run(published, "ls", "node_modules")).code === 0, false);
    });

    await t.step("it compiles in Vite's starter", async () => {
      await succeeds(vite, node, tool("typescript/bin/tsc"), "-b");
      await Deno.writeTextFile(
        `${vite}/tsconfig.whole.json`,
        JSON.stringify({ extends: "./tsconfig.app.json", ...WHOLE }),
      );
      assert.deepEqual(await ownFaults(vite, compile), []);
    });

    await t.step("Vite builds it", async () => {
      const text = await succeeds(vite, node, tool("vite/bin/vite.js"), "build");
      assert.match(text, /built in/);
    });

    await t.step("it compiles in Next's starter", async () => {
      const next = `${root}/next`;
      await Deno.mkdir(next);
      // Tests may make no links themselves.
      await succeeds(next, "ln", "-s", tool(""), "node_modules");
      const config = `${starters}/node_modules/create-next-app/dist/templates/app/ts/tsconfig.json`;
      await Deno.copyFile(config, `${next}/tsconfig.json`);
      await Deno.writeTextFile(`${next}/page.tsx`, `"use client";\n${APP}`);
      await Deno.writeTextFile(`${next}/ask.ts`, ASK);
      await succeeds(next, node, tool("typescript/bin/tsc"), "--noEmit");
      await Deno.writeTextFile(
        `${next}/tsconfig.whole.json`,
        JSON.stringify({ extends: "./tsconfig.json", ...WHOLE }),
      );
      assert.deepEqual(await ownFaults(next, compile), []);
    });

    await t.step(
      "JSR takes it, as far as is told without publishing: its types are said, and none is guessed",
      async () => {
        const text = await succeeds(
          jsr,
          Deno.execPath(),
          "publish",
          "--dry-run",
          "--allow-dirty",
        );
        assert.match(text, /Success|Dry run complete/);
      },
    );

    await t.step("Node imports it", async () => {
      const code = `import * as client from "@agent-planner/client";
        import { useAgentRun } from "@agent-planner/client/react";
        console.log([...Object.keys(client), typeof useAgentRun].join(" "));`;
      assert.equal(
        (await succeeds(vite, node, "--input-type=module", "-e", code)).trim(),
        "AgentClientError answerOf createAgentClient initialRunState reduceRun resumableFetch function",
      );
    });
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
