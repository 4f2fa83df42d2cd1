import { parse } from 'csv-parse/sync';

/** The fields of one CSV record that stands on one line, or undefined if the line is not CSV. */
export function csvFields(line: string): string[] | undefined {
  // Most lines have no quotes, and splitting is much faster than parsing.
  if (!line.includes('"')) return line.split(',');
  try {
    const [fields] = parse(line, { relax_column_count: true });
    return fields;
  } catch {
    return undefined;
  }
}

/** One CSV record, without a line end. */
export function csvRecord(fields: readonly string[]): string {
  return fields.map((field) => (/[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(',');
}
