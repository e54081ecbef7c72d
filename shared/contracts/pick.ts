/** The fields with these names, in this order, without those that are absent. */
export function pick<T extends object, Key extends keyof T>(from: T, ...names: Key[]): Pick<T, Key>;
export function pick(from: object, ...names: string[]): object {
  const found = names.map((name): [string, unknown] => [name, Reflect.get(from, name)]);
  return Object.fromEntries(found.filter(([, value]) => value !== undefined));
}
