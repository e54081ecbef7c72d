/** Where a row stands. */
export interface RowAddress {
  table: string;
  /** The columns that name the row. */
  key: Readonly<Record<string, string | number>>;
}
