import { html, type Html } from 'app-runtime';

/** One bar: a total from zero, or a step from the sum so far. */
export interface Step {
  label: string;
  amount: bigint;
  isTotal: boolean;
}

const WIDTH = 400;
const ROW = 24;
const LABELS = 172;
const THICKNESS = 14;
/** A step that moves little is still seen. */
const THINNEST = 1.5;

/** Bars from one total over its steps to the next, as inline SVG in the page's colours. */
export function waterfall(steps: readonly Step[]): Html {
  const bars = placed(steps);
  const ends = bars.flatMap(({ start, end }) => [start, end]);
  const [low, high] = [Math.min(0, ...ends), Math.max(0, ...ends)];
  const scale = (value: number) => LABELS + ((value - low) / (high - low || 1)) * (WIDTH - LABELS - 8);
  const height = ROW * bars.length + 8;
  return html`<svg
    viewBox="0 0 ${WIDTH} ${height}"
    xmlns="http://www.w3.org/2000/svg"
    aria-hidden="true"
    focusable="false"
  >
    <line x1="${point(scale(0))}" y1="0" x2="${point(scale(0))}" y2="${height}" stroke="var(--line)" />
    ${bars.map(({ label, start, end, color }, index) => {
      const y = 4 + ROW * index;
      const [left, right] = [scale(Math.min(start, end)), scale(Math.max(start, end))];
      return html`<text
          x="${LABELS - 10}"
          y="${y + THICKNESS - 2}"
          text-anchor="end"
          font-size="12"
          fill="var(--soft)"
        >
          ${label}
        </text>
        <rect
          x="${point(left)}"
          y="${y}"
          width="${point(Math.max(right - left, THINNEST))}"
          height="${THICKNESS}"
          rx="2"
          fill="${color}"
        />`;
    })}
  </svg>`;
}

function placed(steps: readonly Step[]): { label: string; start: number; end: number; color: string }[] {
  let sum = 0n;
  return steps.map(({ label, amount, isTotal }) => {
    const start = isTotal ? 0n : sum;
    sum = start + amount;
    const color = isTotal ? 'var(--accent)' : amount < 0n ? 'var(--bad)' : 'var(--good)';
    return { label, start: Number(start), end: Number(sum), color };
  });
}

function point(value: number): string {
  return value.toFixed(1);
}
