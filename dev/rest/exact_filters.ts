// Filters as PostgREST reads them: what stands after the operator is the value, letter by letter. Lite takes it for a
// literal of JavaScript's: digits beyond 2^53 are lost, `1.0` finds `1`, and `null` or a text in quotes is no text. It
// leaves what is in quotes as it is, so whatever it would change is put there.

const NO_FILTERS = new Set(["select", "order", "limit", "offset", "on_conflict", "columns", "apikey"]);
const COMPARISON = /^((?:not\.)?(?:eq|neq|gt|gte|lt|lte)\.)([\s\S]*)$/;
const LIST = /^((?:not\.)?in\.)\(([\s\S]*)\)$/;
/** An item of a list: in quotes with whatever stands in them, or as it is up to the next comma. */
const ITEM = /"(?:[^"\\]|\\[\s\S])*"|[^,]+/g;

/** The same query; the values of filters that lite would change are in quotes. */
export function exactFilters(query: URLSearchParams): URLSearchParams {
  const exact = new URLSearchParams();
  for (const [name, value] of query) exact.append(name, NO_FILTERS.has(name) ? value : exactFilter(value));
  return exact;
}

function exactFilter(filter: string): string {
  const [, operator, value] = COMPARISON.exec(filter) ?? [];
  if (operator !== undefined && value !== undefined) return operator + exactValue(value);
  const [, list, items] = LIST.exec(filter) ?? [];
  if (list === undefined || items === undefined) return filter;
  return `${list}(${items.replace(ITEM, (item) => item.startsWith('"') ? item : exactValue(item))})`;
}

function exactValue(value: string): string {
  return isChanged(value) ? `"${value}"` : value;
}

function isChanged(value: string): boolean {
  if (value === "" || value === "true" || value === "false") return false;
  if (value !== value.trim() || /^".*"$/s.test(value)) return true;
  if (/^(null|not_null|unknown|true|false)$/i.test(value)) return true;
  return Number.isFinite(Number(value)) && String(Number(value)) !== value;
}
