// Versions of new migrations: a second after one another, and after whatever is there.

/** So many versions after `newest` and `now`, or why there are none. */
export function stampsAfter(
  newest: string | undefined,
  now: Date,
  count: number,
): string[] | { problem: string } {
  const moment = now.toISOString().replaceAll(/\D/g, "").slice(0, 14);
  if (newest === undefined || newest < moment) {
    return Array.from({ length: count }, (_, at) => stampOf(new Date(now.getTime() + (at + 1) * 1_000)));
  }
  const time = timeOf(newest);
  if (time === null) {
    return {
      problem: `The migration ${newest} would come after every new one: its version is no time. Rename it.`,
    };
  }
  return Array.from({ length: count }, (_, at) => stampOf(new Date(time + (at + 1) * 1_000)));
}

function stampOf(date: Date): string {
  return date.toISOString().replaceAll(/\D/g, "").slice(0, 14);
}

function timeOf(version: string): number | null {
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(version)?.slice(1);
  if (parts === undefined) return null;
  const [year, month, day, hour, minute, second] = parts;
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(time) ? null : time;
}
