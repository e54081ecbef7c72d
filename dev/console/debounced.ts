// Files that change, a moment after the last change: an editor writes a file in several steps.

const QUIET_MS = 80;

/** Calls `changed` after changes below `folders`; what is built goes into `dist`, which is none. */
export function debounced(
  folders: readonly URL[],
  changed: () => Promise<void>,
): { stop(): void } {
  const watcher = Deno.watchFs(folders.map((folder) => folder.pathname));
  let timer: ReturnType<typeof setTimeout> | undefined;
  (async () => {
    for await (const { kind, paths } of watcher) {
      if (kind === "access" || paths.every((path) => path.includes("/dist"))) {
        continue;
      }
      clearTimeout(timer);
      timer = setTimeout(changed, QUIET_MS);
    }
  })();
  return {
    stop() {
      clearTimeout(timer);
      watcher.close();
    },
  };
}
