/** Tables to read, and the numbers in them. */

/** Columns as wide as their widest cell; the first row is the head. */
export function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd(),
  );
}

/** At most two decimals, and none of large numbers. */
export function figure(value: number): string {
  return decimals(value, value >= 100 ? 0 : 2);
}

/** At most so many decimals. */
export function decimals(value: number, most: number): string {
  // Without what only rounding leaves.
  return String(Number(value.toFixed(most)) + 0);
}
