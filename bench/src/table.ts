import type { Comparison, Line, Target, Spread } from './measure.js';

/** The lines of all benchmarks as text, a row each: medians, and of the comparison its extremes too. */
export function tableOf(benchmarks: Readonly<Record<string, readonly Line[]>>): string {
  const rows = Object.entries(benchmarks).flatMap(([name, lines]) =>
    lines.map((line, index) => [
      index === 0 ? name : '',
      line.measured,
      `${shown(line.product.median)} ${line.unit}`,
      line.baseline ? `${shown(line.baseline.median)} ${line.unit}` : '–',
      comparedText(line),
      line.target ? targetText(line.target, line.by) : '–',
      line.met === null ? '' : line.met ? 'yes' : 'NO',
    ]),
  );
  const header = ['benchmark', 'measured', 'product', 'baseline', 'compared (min–max)', 'target', 'met'];
  const widths = header.map((_, column) => Math.max(...[header, ...rows].map((row) => row[column]!.length)));
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

function targetText(target: Target, by: Comparison): string {
  const times = by === 'ratio' ? '× ' : '';
  return 'atLeast' in target ? `≥ ${times}${target.atLeast}` : `≤ ${times}${target.atMost}`;
}

function shown(value: number): string {
  return value.toLocaleString('en-GB', { maximumFractionDigits: Math.abs(value) < 100 ? 1 : 0 });
}
