// Who runs on this machine, for tests that look at what a program leaves behind. Linux only.

interface Process {
  pid: number;
  parent: number;
}

/** All processes that run. A zombie has ended; who should collect it is not ours to say. */
async function running(): Promise<Process[]> {
  // A test may not read /proc itself, and not every machine has `ps`.
  const { stdout } = await new Deno.Command("/bin/sh", {
    args: ["-c", "cat /proc/[0-9]*/stat 2>/dev/null"],
  }).output();
  return new TextDecoder().decode(stdout).split("\n").flatMap((line) => {
    // pid (name) state parent ...; the name may hold anything.
    const match = /^(\d+) \(.*\) (\S) (\d+) /.exec(line);
    return match && match[2] !== "Z" ? [{ pid: Number(match[1]), parent: Number(match[3]) }] : [];
  });
}

/** The processes below `pid`, however deep. */
export async function descendants(pid: number): Promise<number[]> {
  const all = await running();
  const below = (parent: number): number[] =>
    all.filter((process) => process.parent === parent).flatMap(({ pid }) => [pid, ...below(pid)]);
  return below(pid);
}

/** Those of the processes that still run. */
export async function living(pids: number[]): Promise<number[]> {
  const all = new Set((await running()).map(({ pid }) => pid));
  return pids.filter((pid) => all.has(pid));
}

/** The first process below `pid` whose command line holds the text. */
export async function processOf(pid: number, text: string): Promise<number> {
  for (const below of await descendants(pid)) {
    const { stdout } = await new Deno.Command("/bin/sh", {
      args: ["-c", `tr '\\0' ' ' 2>/dev/null < /proc/${below}/cmdline`],
    }).output();
    if (new TextDecoder().decode(stdout).includes(text)) return below;
  }
  throw new Error(`Cannot find a process of ${text}: none runs below ${pid}`);
}
