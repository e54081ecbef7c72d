// The model's process, as the bench sees it.
import { fileURLToPath } from "node:url";
import { z } from "zod";
import type { Log } from "../../../dev/process/child.ts";
import { startChild } from "../../../dev/process/child.ts";
import type { Guard } from "../../../dev/process/guard.ts";
import type { Pace } from "../model/job.ts";
import { nodeEnvironment } from "./node.ts";

const Asked = z.object({
  asked: z.array(z.object({ phase: z.string(), prompt_characters: z.number() })),
  most_at_once: z.number(),
});
export type Asked = z.infer<typeof Asked>;

export interface ScriptedModel {
  /** The base URL of its API. */
  url: string;
  /** Forgets what was asked, and sets the pace of what follows. */
  reset(pace: Pace): Promise<void>;
  asked(): Promise<Asked>;
  stop(): Promise<void>;
}

export async function startScriptedModel(
  node: string,
  { guard, log }: { guard: Guard; log: Log },
): Promise<ScriptedModel> {
  const child = await startChild({
    name: "model",
    command: node,
    args: [fileURLToPath(new URL("../model/main.ts", import.meta.url))],
    env: nodeEnvironment(),
    ready: /at (http:\/\/127\.0\.0\.1:\d+)/,
    ...{ guard, log },
  });
  const url = z.string().parse(child.ready[1]);
  return {
    url: `${url}/v1`,
    async reset(pace) {
      const answer = await fetch(`${url}/reset`, { method: "POST", body: JSON.stringify(pace) });
      await answer.body?.cancel();
    },
    asked: async () => Asked.parse(await (await fetch(`${url}/asked`)).json()),
    stop: child.stop,
  };
}
