// Nothing outlives the process that started it. A small shell waits at a pipe that this process holds: when the pipe
// closes without a goodbye (a crash, `kill -9`), it ends the children and removes their folders. What there is to end
// stands in a file, which is written before anything else can happen: a signal that comes right after a child was
// started would leave it alone, if the shell were told of it a moment later.

export interface Guard {
  /** Ends this child should the current process die. */
  watch(pid: number): void;
  /** The child has ended; its number may be given to another process. */
  forget(pid: number): void;
  /** Removes this folder when the guard ends, orderly or not. */
  remove(folder: string): void;
  /** Removes the folders and ends the guard. Call it when all children have ended. */
  close(): Promise<void>;
}

// SIGINT makes Postgres stop at once in good order, and ends a Deno process.
const SCRIPT = `
trap '' INT TERM HUP
cat > /dev/null
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
done < "$1"
rm -f "$1"
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

/** Starts the waiting shell. */
export function startGuard(): Guard {
  const file = Deno.makeTempFileSync({ prefix: "supabase-agents-guard-" });
  const shell = new Deno.Command("/bin/sh", {
    args: ["-c", SCRIPT, "guard", file],
    detached: true,
    stdin: "piped",
    stdout: "null",
    stderr: "null",
  }).spawn();
  let closed = false;
  const note = (line: string): void => {
    if (!closed) Deno.writeTextFileSync(file, `${line}\n`, { append: true });
  };
  return {
    watch: (pid) => note(`watch ${pid}`),
    forget: (pid) => note(`forget ${pid}`),
    remove: (folder) => note(`remove ${folder}`),
    async close() {
      note("bye");
      closed = true;
      await shell.stdin.close();
      await shell.status;
    },
  };
}
