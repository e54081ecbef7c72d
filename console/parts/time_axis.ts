// The clock of a trace: from moments to shares of its width. Pauses in which a run waited for a person are drawn short,
// or hours of waiting would squeeze seconds of work into nothing.

export interface Pause {
  start: number;
  end: number;
}

export interface TimeAxis {
  start: number;
  end: number;
  /** Up to which moment it is told of what goes on: a little before the end of the clock. */
  now: number;
  /** Those that are drawn short. */
  pauses: Pause[];
  /** Where a moment stands, from 0 to 1. */
  share(at: number): number;
  /** Milliseconds of work from the start to a moment: what the ticks count. */
  elapsed(at: number): number;
  ticks: { share: number; ms: number }[];
}

/** The most of the time at work that a pause is drawn as wide as. */
const PAUSE_SHARE = 0.06;

interface Stretch {
  start: number;
  end: number;
  /** The end, if it is not given. */
  now?: number;
}

export function timeAxis(
  { start, end, now = end }: Stretch,
  waits: readonly Pause[],
  width_px: number,
): TimeAxis {
  const within = waits
    .map((wait) => ({ start: Math.max(wait.start, start), end: Math.min(wait.end, end) }))
    .filter((wait) => wait.end > wait.start)
    .sort((a, b) => a.start - b.start);
  const waited = within.reduce((sum, wait) => sum + wait.end - wait.start, 0);
  const work = Math.max(end - start - waited, 1);
  const pauses = within.filter((wait) => wait.end - wait.start > work * PAUSE_SHARE);
  /** Milliseconds from the start, where a millisecond of a drawn-short pause is worth what `worth` says. */
  const counted = (at: number, worth: (pause: Pause) => number) => {
    let ms = Math.min(Math.max(at, start), end) - start;
    for (const pause of pauses) {
      const past = Math.min(Math.max(at, pause.start), pause.end) - pause.start;
      ms -= past * (1 - worth(pause));
    }
    return ms;
  };
  const short = (pause: Pause) => work * PAUSE_SHARE / (pause.end - pause.start);
  const whole = Math.max(counted(end, short), 1);
  const share = (at: number) => counted(at, short) / whole;
  const elapsed = (at: number) => counted(at, () => 0);

  const step = tickStep(Math.max(elapsed(end), 1), width_px);
  const ticks = [];
  for (let ms = 0; ms <= elapsed(end); ms += step) ticks.push({ share: share(momentAt(ms)), ms });
  return { start, end, now, pauses, share, elapsed, ticks };

  function momentAt(ms: number): number {
    let at = start + ms;
    for (const pause of pauses) if (at >= pause.start) at += pause.end - pause.start;
    return at;
  }
}

const TICK_PX = 80;

/** 1, 2 or 5 times a power of ten, or a round part of minutes and hours, so that no two labels touch. */
export function tickStep(ms: number, width_px: number): number {
  const most = Math.max(1, Math.floor(width_px / TICK_PX));
  const least = ms / most;
  if (least <= 10_000) {
    const power = 10 ** Math.floor(Math.log10(Math.max(least, 1)));
    return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= least) ?? 10 * power;
  }
  const round = [15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 21_600, 43_200, 86_400];
  const seconds = round.find((step) => step * 1_000 >= least);
  return seconds === undefined ? Math.ceil(least / 86_400_000) * 86_400_000 : seconds * 1_000;
}

/** Where the clock of a run under way ends: a little ahead, in steps, so that what is drawn does not shift all the time. */
export function liveEnd(start: number, now: number): number {
  const step = tickStep(Math.max(now - start, 1_000), 4 * TICK_PX);
  return start + Math.ceil((now - start + 1) / step) * step;
}
