// What a list of samples comes down to.

/** The value below which the given share (0 to 1) of the samples lies, interpolated. */
export function quantile(samples: readonly number[], share: number): number {
  if (samples.length === 0) throw new Error("There are no samples to take a quantile of.");
  const sorted = samples.toSorted((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)] ?? 0;
  const above = sorted[Math.ceil(place)] ?? 0;
  return below + (above - below) * (place - Math.floor(place));
}

export function median(samples: readonly number[]): number {
  return quantile(samples, 0.5);
}

/** How the medians of two lists relate, such as `1.07`. */
export function ratio(samples: readonly number[], base: readonly number[]): string {
  return (median(samples) / median(base)).toFixed(3);
}

/** Milliseconds for the table: `12.3 ms`, `4,567 ms`. */
export function ms(value: number): string {
  const digits = value < 100 ? 1 : 0;
  const format = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  return `${value.toLocaleString("en-US", format)} ms`;
}

/** The middle half of the samples and how many there are: `338 ms to 351 ms, n=20`. */
export function spread(samples: readonly number[]): string {
  return `${ms(quantile(samples, 0.25))} to ${ms(quantile(samples, 0.75))}, n=${samples.length}`;
}
