// Stock clients as tests drive them, each in a process of its own.
import { fileURLToPath } from "node:url";
import type { z } from "zod";
import { TextLineStream } from "./text_lines.ts";
import { testStack } from "../stack/stack.ts";

export const AI_SDK = { "5": "npm:ai@5.0.277", "6": "npm:ai@6.0.326", "7": "npm:ai@7.0.173" } as const;
export const AG_UI = "npm:@ag-ui/client@1.0.0";

export interface StockClient extends AsyncDisposable {
  /** Has it do something; gives what it then shows. */
  ask<Schema extends z.ZodType>(
    schema: Schema,
    command: { do: string; [key: string]: unknown },
  ): Promise<z.output<Schema>>;
}

/** A chat of this version of the AI SDK, told of this set of chunks. */
export function aiSdkClient(
  version: keyof typeof AI_SDK,
  user: { token: string },
  base = testStack().url,
): StockClient {
  return startClient("ai_sdk_program.ts", [
    ...[AI_SDK[version], `${base}/functions/v1/agent-planner/ai-sdk`],
    ...[user.token, testStack().publishable_key, version],
  ]);
}

export function agUiClient(user: { token: string }, base = testStack().url): StockClient {
  return startClient("ag_ui_program.ts", [
    ...[AG_UI, `${base}/functions/v1/agent-planner/ag-ui`],
    ...[user.token, testStack().publishable_key],
  ]);
}

function startClient(program: string, args: readonly string[]): StockClient {
  const file = fileURLToPath(new URL(`./${program}`, import.meta.url));
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", "--no-check", "--no-lock", "--no-config", file, ...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const commands = child.stdin.getWriter();
  const answers = child.stdout.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream())
    .getReader();
  const text = new TextEncoder();
  return {
    async ask(schema, command) {
      await commands.write(text.encode(`${JSON.stringify(command)}\n`));
      const { value } = await answers.read();
      if (value === undefined) throw new Error("The client has ended");
      return schema.parse(JSON.parse(value));
    },
    async [Symbol.asyncDispose]() {
      await commands.close();
      await answers.cancel();
      await child.status;
    },
  };
}
