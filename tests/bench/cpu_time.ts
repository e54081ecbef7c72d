// The CPU time of a process that the benchmark has started, as Linux counts it.

/** The id of the process that runs the function with this model. Errors: there is none. */
export async function processOf(function_name: string, model_url: string): Promise<number> {
  for await (const { name } of Deno.readDir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const command = await textOf(`/proc/${name}/cmdline`);
    if (!command.includes(`/${function_name}/index.ts`)) continue;
    const environment = (await textOf(`/proc/${name}/environ`)).split("\0");
    if (environment.includes(`LLM_BASE_URL=${model_url}`)) return Number(name);
  }
  throw new Error(`No process runs ${function_name} with the model at ${model_url}.`);
}

/** Milliseconds of CPU that the threads of a process have had so far. */
export async function cpuOf(pid: number): Promise<number> {
  let nanoseconds = 0;
  for await (const { name } of Deno.readDir(`/proc/${pid}/task`)) {
    nanoseconds += Number((await textOf(`/proc/${pid}/task/${name}/schedstat`)).split(" ")[0]);
  }
  return nanoseconds / 1e6;
}

/** Empty for a process that has ended in the meantime, or belongs to somebody else. */
async function textOf(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch {
    return "";
  }
}
