// Where a reader is in a run's stream: a number that grows with the frames. Of the frames that one event became, all but
// the last have ids such as `17.1`; the last has `17`.

/** Room for the frames of one event. */
const EVENT = 1e6;

/** That of a reader who has all frames of an event; 0 before the first. */
export const wholeEvent = (seq: number): number => seq * EVENT;

export const isWhole = (position: number): boolean => position % EVENT === 0;

/** NaN where an id is none. */
export function positionOf(id = ""): number {
  const [, seq, sub] = /^(0|[1-9]\d*)(?:\.([1-9]\d*))?$/.exec(id) ?? [];
  return sub ? wholeEvent(Number(seq) - 1) + Number(sub) : wholeEvent(Number(seq));
}

/** The id that it has. */
export function idOf(position: number): string {
  const seq = Math.ceil(position / EVENT);
  return isWhole(position) ? `${seq}` : `${seq}.${position % EVENT}`;
}

/** The place before the event that a frame belongs to. */
export function eventBefore(position: number): number {
  return wholeEvent(Math.max(0, Math.ceil(position / EVENT) - 1));
}

/** Whether nothing is missing between a frame and one behind it. How many frames an event has, only its last tells. */
export function follows(next: number, last: number): boolean {
  return next === last + 1 || next === wholeEvent(Math.floor(last / EVENT) + 1);
}
