import { BarChart, LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent } from 'echarts/components';
import * as echarts from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { Html } from 'app-runtime';

echarts.use([BarChart, LineChart, GridComponent, LegendComponent, SVGRenderer]);

const WIDTH = 400;
const LABEL_WIDTH = 200;
const CHARACTER_WIDTH = 8;
/** Fonts may be this much wider than the library assumes. */
const WIDER_FONTS = 1.15;
const TEXT = { color: 'var(--soft)', fontFamily: 'inherit', fontSize: 12 };
const LINE = { lineStyle: { color: 'var(--line)' } };
const QUIET = { silent: true, animation: false, emphasis: { disabled: true } } as const;

/** A horizontal bar for each label, with its value or another text at its end. */
export function barChart(
  name: string,
  bars: readonly (readonly [label: string, value: number, text?: string])[],
): Html {
  // Text cannot be measured here, so space is reserved by the number of characters.
  const longest = Math.max(...bars.map(([label]) => label.length));
  const left = Math.min(LABEL_WIDTH * WIDER_FONTS, longest * CHARACTER_WIDTH) + 12;
  const texts = bars.map(([, value, text]) => text ?? String(value));
  const right = 12 + CHARACTER_WIDTH * Math.max(4, ...texts.map((text) => text.length));
  return render(name, 24 * bars.length + 8, {
    grid: { left, right, top: 0, bottom: 8, outerBoundsMode: 'none' },
    xAxis: { type: 'value', minInterval: 1, axisLabel: { show: false }, splitLine: { show: false } },
    yAxis: {
      type: 'category',
      inverse: true,
      // One line for each, whatever a label contains.
      data: bars.map(([label]) => label.replaceAll(/\s+/g, ' ').trim()),
      axisLabel: { ...TEXT, width: LABEL_WIDTH, overflow: 'truncate' },
      axisLine: LINE,
      axisTick: { show: false },
    },
    series: [
      {
        ...QUIET,
        type: 'bar',
        data: bars.map(([, count]) => count),
        barMaxWidth: 16,
        itemStyle: { color: 'var(--accent)', borderRadius: 2 },
        label: {
          show: true,
          position: 'right',
          ...TEXT,
          color: 'var(--ink)',
          formatter: ({ dataIndex }: { dataIndex: number }) => texts[dataIndex]!,
        },
      },
    ],
  });
}

/** Lines over days. */
export function trendChart(
  name: string,
  dates: readonly string[],
  lines: readonly { label: string; color: string; dash?: 'dashed' | 'dotted'; counts: readonly number[] }[],
): Html {
  return render(name, 210, {
    grid: { left: 4, right: 12, top: 32, bottom: 4 },
    legend: { top: 0, left: 0, textStyle: TEXT, inactiveColor: 'var(--soft)', itemHeight: 8 },
    xAxis: {
      type: 'category',
      data: dates.map((date) => date.slice(5)),
      axisLabel: TEXT,
      axisLine: LINE,
      axisTick: { show: false },
    },
    yAxis: { type: 'value', minInterval: 1, axisLabel: TEXT, splitLine: LINE },
    series: lines.map(({ label, color, dash, counts }) => ({
      ...QUIET,
      type: 'line',
      name: label,
      data: [...counts],
      symbol: 'circle',
      symbolSize: 5,
      itemStyle: { color },
      lineStyle: { color, width: 2, ...(dash && { type: dash }) },
    })),
  });
}

/**
 * The chart as inline SVG with the page's colours. The library numbers ids and classes across the whole process;
 * they are renamed per chart, so that the same data give the same bytes.
 */
function render(name: string, height: number, option: echarts.EChartsCoreOption): Html {
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height });
  try {
    chart.setOption({ animation: false, ...option });
    const classes = new Map<string, string>();
    const svg = chart
      .renderToSVGString()
      .replaceAll(/zr\d+-cls-\d+/g, (found) => {
        if (!classes.has(found)) classes.set(found, `${name}-cls-${classes.size}`);
        return classes.get(found)!;
      })
      .replaceAll(/zr\d+-/g, `${name}-`);
    return new Html(svg.replace('<svg ', '<svg aria-hidden="true" focusable="false" '));
  } finally {
    chart.dispose();
  }
}
