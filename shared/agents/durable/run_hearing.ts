// What the database has told one of those who work on a run in this process, all of them have heard: while one of them
// looks whether the run was cancelled, the others need not.
import type { Listening, RunHearing } from "../ports.ts";
import type { Heard } from "../store/rows.ts";

/** That of one process. */
export function createRunHearing(): RunHearing {
  const listening = new Map<string, Set<(answer: Heard) => void>>();

  return {
    join({ user, run_id }, hear): Listening {
      const run = JSON.stringify([user, run_id]);
      const all = listening.get(run) ?? new Set();
      listening.set(run, all.add(hear));

      function tell(answer: Heard) {
        for (const other of all) if (other !== hear) other(answer);
      }

      return {
        tell,
        async look(beat) {
          // Nobody else looks now: where this one fails or hangs, the next of them looks a second later.
          tell({});
          const cancelled = await beat();
          tell({ cancelled });
          return cancelled;
        },
        leave() {
          all.delete(hear);
          if (all.size === 0 && listening.get(run) === all) listening.delete(run);
        },
      };
    },
  };
}
