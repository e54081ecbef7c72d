// What is dear to make and asked for again, kept for a bounded number of keys: users may choose them.

/** `make`, which gives what it has made for a key again, as long as that is one of the newest `most`. */
export function keptNewest<Value extends object | boolean | number>(
  make: (key: string) => Value,
  most: number,
): (key: string) => Value {
  const made = new Map<string, Value>();
  return (key) => {
    const known = made.get(key);
    if (known !== undefined) return known;
    const value = make(key);
    made.set(key, value);
    for (const oldest of made.keys()) {
      if (made.size <= most) break;
      made.delete(oldest);
    }
    return value;
  };
}
