import type { Comparison, Line, Reach, Spread } from './measure.js';

/** The lines of all figures as text, a row each: medians, and of the comparison its extremes too. */
export function tableOf(figures: Readonly<Record<string, readonly Line[]>>): string {
  const rows = Object.entries(figures).flatMap(([name, lines]) =>
    lines.map((line, index) => [
      index === 0 ? name : '',
      line.measured,
      `${shown(line.product.median)} ${line.unit}`,
      line.baseline ? `${shown(line.baseline.median)} ${line.unit}` : '–',
      comparedText(line),
      line.reach ? reachText(line.reach, line.by) : '–',
      line.reached === null ? '' : line.reached ? 'yes' : 'NO',
    ]),
  );
  const header = ['figure', 'measured', 'product', 'baseline', 'compared (min–max)', 'reach', 'reached'];
  const widths = header.map((title, column) =>
    Math.max(...[header, ...rows].map((row) => row[column]!.length)),
  );
  const asText = (row: readonly string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd();
  return [asText(header), asText(widths.map((width) => '-'.repeat(width))), ...rows.map(asText)].join('\n');
}

function comparedText({ by, compared, unit }: Line): string {
  const { median, min, max }: Spread = compared;
  if (by === 'ratio') return `× ${median.toFixed(2)} (${min.toFixed(2)}–${max.toFixed(2)})`;
  const sign = by === 'difference' && median > 0 ? '+' : '';
  return `${sign}${shown(median)} ${unit} (${shown(min)}–${shown(max)})`;
}

function reachText(reach: Reach, by: Comparison): string {
  const times = by === 'ratio' ? '× ' : '';
  return 'atLeast' in reach ? `≥ ${times}${reach.atLeast}` : `≤ ${times}${reach.atMost}`;
}

function shown(value: number): string {
  return value.toLocaleString('en-GB', { maximumFractionDigits: Math.abs(value) < 100 ? 1 : 0 });
}
