import type { ChartBlock } from '../report/blocks.ts';
import { draw as drawBars } from './bars.ts';
import { draw as drawForecastFan } from './forecast-fan.ts';
import { draw as drawHeatmap } from './heatmap.ts';
import { draw as drawLineBand } from './line-band.ts';
import { draw as drawPhasePath } from './phase-path.ts';
import { CHART_SIZES, type ChartSize } from './size.ts';
import { draw as drawSmallLine } from './small-line.ts';
import { draw as drawStackedArea } from './stacked-area.ts';
import { draw as drawWaterfall } from './waterfall.ts';

/** The chart as SVG text: pure, coloured by the classes of `templates/chart.css`, with its title and text alternative inside. */
export function drawChart(chart: ChartBlock, size: ChartSize = CHART_SIZES.wide): string {
  switch (chart.form) {
    case 'line-band':
      return drawLineBand(chart, size);
    case 'small-line':
      return drawSmallLine(chart, size);
    case 'stacked-area':
      return drawStackedArea(chart, size);
    case 'phase-path':
      return drawPhasePath(chart, size);
    case 'waterfall':
      return drawWaterfall(chart, size);
    case 'forecast-fan':
      return drawForecastFan(chart, size);
    case 'heatmap':
      return drawHeatmap(chart, size);
    case 'bars':
      return drawBars(chart, size);
  }
}

export { CHART_SIZES, type ChartSize } from './size.ts';
