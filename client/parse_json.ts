/** Text as JSON; undefined where it is none. A key that names a prototype is left out. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text, (key, value) => key === "__proto__" ? undefined : value);
  } catch {
    return undefined;
  }
}
