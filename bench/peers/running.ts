// A system that runs, and turns through it whose answers are right to the letter.
import { z } from "zod";
import { type Child, type Log, startChild } from "../../dev/process/child.ts";
import type { Guard } from "../../dev/process/guard.ts";
import { type Conversation, type Conversations, fillPlainWorkspace } from "./conversations.ts";
import { commandOf, residentMb, treeOf } from "./measure/processes.ts";
import type { ScriptedModel } from "./measure/scripted_model.ts";
import type { SharedServer } from "./measure/server.ts";
import { takeTurn, type Turn } from "./measure/turn.ts";
import { ANSWERS, type Kind, MESSAGES } from "./model/job.ts";
import type { System } from "./systems.ts";

export interface Running {
  system: System;
  database: string;
  conversations: Conversations;
  start_ms: number;
  idle_mb: number;
  /** Its processes. */
  pids(): number[];
  partOf(pid: number): string;
  /** How many requests have gone to the database so far; null where the system asks it directly. */
  requests(): Promise<number | null>;
  stop(): Promise<void>;
}

export interface Surroundings {
  server: SharedServer;
  model: ScriptedModel;
  node: string;
  guard: Guard;
  log: Log;
}

const READY = /listening at (http:\/\/127\.0\.0\.1:\d+)(?:, counting at (http:\/\/127\.0\.0\.1:\d+))?/;

/** Starts a system on a database of its own and waits until it takes turns. */
export async function startSystem(
  system: System,
  { server, model, node, guard, log }: Surroundings,
): Promise<Running> {
  const database = await server.database(system.name);
  if (system.kind !== "ours") await fillPlainWorkspace(database.url);
  const began = performance.now();
  const child: Child = await startChild({
    name: system.name,
    ...system.command({ database_url: database.url, model_url: model.url, node }),
    ready: READY,
    ...{ guard, log },
  });
  const start_ms = performance.now() - began;
  const pids = () => treeOf(child.pid);
  const idle_mb = residentMb(pids());
  const [, url = "", counter] = child.ready;
  const parts = new Map<number, string>();
  return {
    ...{ system, start_ms, idle_mb, pids },
    database: database.name,
    conversations: await system.conversations(url, database.url),
    partOf(pid) {
      const part = parts.get(pid) ?? system.partOf(commandOf(pid));
      parts.set(pid, part);
      return part;
    },
    async requests() {
      if (counter === undefined) return null;
      return z.object({ requests: z.int() }).parse(await (await fetch(counter)).json()).requests;
    },
    stop: child.stop,
  };
}

/** A turn of this kind. Throws, with the system's name, unless it is answered as the model said. */
export function turnOf(running: Running, kind: Kind, conversation?: Conversation): Promise<Turn> {
  return answered(running, MESSAGES[kind], ANSWERS[kind], conversation);
}

/** As `turnOf`, for any message and the answer that belongs to it. */
export async function answered(
  { system, conversations }: Running,
  message: string,
  answer: string,
  conversation: Conversation = conversations.begin(),
): Promise<Turn> {
  const fail = (why: unknown) => new Error(`${system.title} failed at "${message}": ${why}`, { cause: why });
  const turn = await takeTurn({
    url: conversations.url,
    ...conversation.request(message),
    textOf: conversation.textOf,
  }).catch((error) => {
    throw fail(error);
  });
  if (turn.text !== answer) {
    throw fail(`it answered ${turn.text.length} characters that are not the ${answer.length} of the model`);
  }
  return turn;
}
