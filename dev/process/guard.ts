// Nothing outlives the process that started it. A small shell watches a pipe that this process holds: when
// the pipe closes without a goodbye (a crash, `kill -9`), it ends the children and removes their folders.

export interface Guard {
  /** Ends this child should the current process die. */
  watch(pid: number): Promise<void>;
  /** The child has ended; its number may be given to another process. */
  forget(pid: number): Promise<void>;
  /** Removes this folder when the guard ends, orderly or not. */
  remove(folder: string): Promise<void>;
  /** Removes the folders and ends the guard. Call it when all children have ended. */
  close(): Promise<void>;
}

// SIGINT makes Postgres stop at once in good order, and ends a Deno process.
const SCRIPT = `
trap '' INT TERM HUP
pids=' '
newline='
'
folders=
while read -r verb value; do
  case $verb in
    watch) pids="$pids$value " ;;
    forget) pids="\${pids%% $value *} \${pids#* $value }" ;;
    remove) folders="$folders$value$newline" ;;
    bye) pids=' ' ;;
  esac
done
for pid in $pids; do kill -INT "$pid"; done
tries=30
for pid in $pids; do
  while kill -0 "$pid" && [ "$tries" -gt 0 ]; do sleep 0.1; tries=$((tries - 1)); done
  kill -KILL "$pid"
done
printf '%s' "$folders" | while read -r folder; do
  # What is ending may still write.
  rm -rf "$folder" || { sleep 1; rm -rf "$folder"; }
done
`;

/** Starts the watching shell. */
export function startGuard(): Guard {
  const shell = new Deno.Command("/bin/sh", {
    args: ["-c", SCRIPT],
    detached: true,
    stdin: "piped",
    stdout: "null",
    stderr: "null",
  }).spawn();
  const pipe = shell.stdin.getWriter();
  const text = new TextEncoder();
  const say = (line: string): Promise<void> => pipe.write(text.encode(`${line}\n`));
  return {
    watch: (pid) => say(`watch ${pid}`),
    forget: (pid) => say(`forget ${pid}`),
    remove: (folder) => say(`remove ${folder}`),
    async close() {
      await say("bye");
      await pipe.close();
      await shell.status;
    },
  };
}
