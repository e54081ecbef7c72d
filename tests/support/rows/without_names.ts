// Ids and the time of day out of a text, so that two runs of the same script can be compared.
const ID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|call_[0-9a-f]{24}/gi;
const TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)/g;
/** Times further from the run's start are no clock's: they come from the script, and count. */
const NOW_MS = 3_600_000;

/** Ids by number, and the times at which it happened by a word, wherever in the rows they stand. */
export function withoutNames(text: string, started: number): string {
  const numbers = new Map<string, number>();
  return text
    .replace(ID, (id) => {
      const number = numbers.get(id) ?? numbers.size + 1;
      numbers.set(id, number);
      return `id ${number}`;
    })
    .replace(TIME, (time) => Math.abs(Date.parse(time) - started) < NOW_MS ? "now" : time);
}
