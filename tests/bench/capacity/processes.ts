// Who of the stack has used the machine: the CPU of all processes that this one has started, by what they do.
import { cpuOf } from "../cpu_time.ts";

export const PARTS = ["Postgres", "auth and REST", "planner", "executor", "others"] as const;
export type StackPart = (typeof PARTS)[number];

/** Milliseconds so far. `others` are this process, with gateway and client in it, and the model. */
export async function cpuByPart(): Promise<Record<StackPart, number>> {
  const sums: Record<StackPart, number> = {
    Postgres: 0,
    "auth and REST": 0,
    planner: 0,
    executor: 0,
    others: 0,
  };
  for (const { pid, command } of await descendants()) sums[partOf(command)] += await cpuOf(pid);
  return sums;
}

function partOf(command: string): StackPart {
  if (command.includes("postgres")) return "Postgres";
  if (command.includes("agent-planner/index.ts")) return "planner";
  if (command.includes("agent-executor/index.ts")) return "executor";
  if (command.includes("dev/rest/")) return "auth and REST";
  return "others";
}

interface Process {
  pid: number;
  parent: number;
  command: string;
}

async function descendants(): Promise<Process[]> {
  const all: Process[] = [];
  for await (const { name } of Deno.readDir("/proc")) {
    const found = /^\d+$/.test(name) ? await processAt(Number(name)) : null;
    if (found) all.push(found);
  }
  const family = new Set([Deno.pid]);
  for (let before = 0; before < family.size;) {
    before = family.size;
    for (const { pid, parent } of all) if (family.has(parent)) family.add(pid);
  }
  return all.filter(({ pid }) => family.has(pid));
}

/** Null for a process that has ended in the meantime. */
async function processAt(pid: number): Promise<Process | null> {
  try {
    const stat = await Deno.readTextFile(`/proc/${pid}/stat`);
    const command = await Deno.readTextFile(`/proc/${pid}/cmdline`);
    // The name in parentheses may hold anything, spaces too; state and parent come after it.
    const [, parent = "0"] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return { pid, parent: Number(parent), command };
  } catch {
    return null;
  }
}
