// What can name a row. What can't is asked for nowhere: the database would only say that it is no UUID.
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export function isRowId(text: string): boolean {
  return UUID.test(text);
}
