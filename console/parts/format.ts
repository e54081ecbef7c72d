// Numbers, durations and dates as people read them. The clock and the zone come in as arguments where they matter.

const NUMBER = new Intl.NumberFormat("en-US");

/** 844 ms, 3.94 s, 10.7 s, 2 min 5 s, 1 h 4 min. */
export function duration(ms: number): string {
  if (ms < 999.5) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 9_995) return `${(ms / 1000).toFixed(2)} s`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) {
    return pair(Math.floor(seconds / 60), "min", seconds % 60, "s");
  }
  const minutes = Math.round(seconds / 60);
  return pair(Math.floor(minutes / 60), "h", minutes % 60, "min");
}

function pair(
  large: number,
  large_unit: string,
  small: number,
  small_unit: string,
): string {
  return small === 0 ? `${large} ${large_unit}` : `${large} ${large_unit} ${small} ${small_unit}`;
}

/** 25,667. */
export function grouped(number: number): string {
  return NUMBER.format(number);
}

/** 1 change, 3 changes. */
export function counted(number: number, one: string, many = `${one}s`): string {
  return `${grouped(number)} ${number === 1 ? one : many}`;
}

/** In dollars; what nobody reported is no zero. */
export function cost(usd: number | null): string {
  if (usd === null) return "cost not reported";
  return `$${usd.toFixed(usd === 0 || usd >= 0.1 ? 2 : usd >= 0.001 ? 4 : 6)}`;
}

/** now, 3 min, 2 h, 5 d; older than two weeks the date. */
export function ago(at: string, now: number, zone?: string): string {
  const minutes = Math.floor((now - Date.parse(at)) / 60_000);
  if (minutes < 1) return "now";
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h`;
  if (minutes < 14 * 24 * 60) return `${Math.floor(minutes / 60 / 24)} d`;
  return shown(at, {
    day: "numeric",
    month: "short",
    year: "numeric",
    timeZone: zone,
  });
}

/** 15:19. */
export function clock(at: string, zone?: string): string {
  return shown(at, {
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    timeZone: zone,
  });
}

/** The whole of it with its zone, for hovering. */
export function exact(at: string, zone?: string): string {
  return shown(at, {
    ...{ weekday: "short", day: "numeric", month: "short", year: "numeric" },
    ...{
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
      hourCycle: "h23",
    },
    ...{ timeZoneName: "short", timeZone: zone },
  });
}

function shown(at: string, options: Intl.DateTimeFormatOptions): string {
  const time = Date.parse(at);
  return Number.isNaN(time) ? at : new Intl.DateTimeFormat("en-GB", options).format(time);
}
