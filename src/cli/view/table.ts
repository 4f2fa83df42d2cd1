import Table from 'cli-table3';

const NO_LINES = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '',
};

const DEFAULT_GAP = 2;

export interface TableLayout {
  /** Widths of the columns without the gaps between them, longer texts are cut; as wide as their texts when absent. */
  widths?: readonly number[];
  /** Columns that are aligned to the right, from 0. */
  rightAligned?: readonly number[];
  /** Space between two columns. */
  gap?: number;
}

/** Lays rows out in columns, without lines around them. */
export function tableLines(rows: readonly (readonly string[])[], layout: TableLayout = {}): string[] {
  const { widths, rightAligned = [], gap = DEFAULT_GAP } = layout;
  const columns = rows[0]?.length ?? 0;
  const table = new Table({
    chars: NO_LINES,
    style: { 'padding-left': 0, 'padding-right': gap, head: [], border: [] },
    colAligns: Array.from({ length: columns }, (_, column) => (rightAligned.includes(column) ? 'right' : 'left')),
    ...(widths && { colWidths: widths.map((width) => width + gap) }),
  });
  table.push(...rows.map((row) => [...row]));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
}
