// Distances between instants, in times 24 hours: what the calendar's windows are measured in.
const DAY = 24 * 60 * 60_000;

/** That many times 24 hours later. */
export function addDays(timestamp: string, days: number): string {
  return new Date(new Date(timestamp).getTime() + days * DAY).toISOString();
}

/** How many times 24 hours lie between; negative where `to` is before `from`. */
export function daysBetween(from: string, to: string): number {
  return (new Date(to).getTime() - new Date(from).getTime()) / DAY;
}
