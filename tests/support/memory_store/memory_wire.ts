// What goes over the wire to the database, and comes back.

/** As it comes back over the wire. */
export function stored(value: object): unknown {
  return JSON.parse(JSON.stringify(value));
}
