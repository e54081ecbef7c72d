// What the database has told one of those who work on a run in this process, all of them have heard: while one of them
// looks whether the run was cancelled, the others need not.
import type { Listening, RunHearing } from "../ports.ts";
import type { Heard } from "../store/rows.ts";

/** Those of one run. */
interface Company {
  hears: Set<(answer: Heard) => void>;
  /** A look has had no answer yet, or failed. */
  in_doubt: boolean;
}

/** That of one process. */
export function createRunHearing(): RunHearing {
  const listening = new Map<string, Company>();

  return {
    join({ user, run_id }, hear): Listening {
      const run = JSON.stringify([user, run_id]);
      const all = listening.get(run) ?? { hears: new Set(), in_doubt: false };
      all.hears.add(hear);
      listening.set(run, all);

      function tell(answer: Heard) {
        for (const other of all.hears) if (other !== hear) other(answer);
      }

      return {
        tell,
        async look(beat) {
          // Nobody else looks now. Where this one fails or hangs, each looks for itself from a second later on, until one
          // of them is answered.
          if (!all.in_doubt) tell({});
          all.in_doubt = true;
          const cancelled = await beat();
          all.in_doubt = false;
          tell({ cancelled });
          return cancelled;
        },
        leave() {
          all.hears.delete(hear);
          if (all.hears.size === 0 && listening.get(run) === all) listening.delete(run);
        },
      };
    },
  };
}
