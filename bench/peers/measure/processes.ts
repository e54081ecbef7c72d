// What processes cost, as Linux counts it in /proc: CPU to the nanosecond, memory at its highest.

/** CPU of each thread so far, in nanoseconds, by `<pid>/<tid>`. Those that end are missing from the next. */
export type CpuReading = Map<string, number>;

/** A process and all that it has started, in turn. */
export function treeOf(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const { name } of Deno.readDirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const parent = parentOf(Number(name));
    children.set(parent, [...children.get(parent) ?? [], Number(name)]);
  }
  const found = [root];
  for (const pid of found) found.push(...children.get(pid) ?? []);
  return found;
}

/** 0 for a process that has ended. */
export function parentOf(pid: number): number {
  const stat = textOf(`/proc/${pid}/stat`);
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1] ?? 0);
}

export function commandOf(pid: number): string {
  return textOf(`/proc/${pid}/cmdline`).replaceAll("\0", " ");
}

export function readCpu(pids: readonly number[]): CpuReading {
  const reading: CpuReading = new Map();
  for (const pid of pids) {
    for (const thread of namesIn(`/proc/${pid}/task`)) {
      const [spent = "0"] = textOf(`/proc/${pid}/task/${thread}/schedstat`).split(" ");
      reading.set(`${pid}/${thread}`, Number(spent));
    }
  }
  return reading;
}

/** Seconds between two readings, by what `partOf` calls each process. */
export function cpuBetween(
  before: CpuReading,
  after: CpuReading,
  partOf: (pid: number) => string,
): Record<string, number> {
  const parts: Record<string, number> = {};
  for (const [thread, spent] of after) {
    const part = partOf(Number(thread.split("/")[0]));
    parts[part] = (parts[part] ?? 0) + (spent - (before.get(thread) ?? 0)) / 1e9;
  }
  return parts;
}

export const residentMb = (pids: readonly number[]): number => statusMb(pids, "VmRSS");

/** The most since the last `forgetPeak`, of each process by itself. */
export const peakMb = (pids: readonly number[]): number => statusMb(pids, "VmHWM");

export function forgetPeak(pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      Deno.writeTextFileSync(`/proc/${pid}/clear_refs`, "5");
    } catch {
      // It has ended in the meantime.
    }
  }
}

function statusMb(pids: readonly number[], field: string): number {
  const pattern = new RegExp(`^${field}:\\s+(\\d+) kB`, "m");
  return pids.reduce((sum, pid) => sum + Number(pattern.exec(textOf(`/proc/${pid}/status`))?.[1] ?? 0), 0) /
    1024;
}

function namesIn(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name);
  } catch {
    return [];
  }
}

/** Empty for what has ended in the meantime. */
function textOf(file: string): string {
  try {
    return Deno.readTextFileSync(file);
  } catch {
    return "";
  }
}
