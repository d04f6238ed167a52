import type { Forecast } from '../../model/analysis.ts';
import { DAY_MS } from '../../model/time.ts';
import type { Block, Explanation } from '../blocks.ts';
import { type Telling, text } from '../telling.ts';
import { basisText, sourceText } from './source.ts';

type Item = Extract<Block, { type: 'explanations' }>['items'][number];
type Input = Explanation['inputs'][number];

/** One limit of the forecast, in words and figures. */
export interface LimitAhead {
  readonly label: string;
  readonly at: number;
  readonly days?: { readonly p50?: number; readonly p90?: number } | undefined;
}

/** What the figures of the forecast can be opened to. */
export function forecastExplanations(telling: Telling, forecast: Forecast, limits: readonly LimitAhead[]): Block {
  const { node, locale, format, anchor } = telling;
  const words = locale.explain.forecast;
  const basis = basisText(telling, 'derived');
  const known = (meaning: string, value: string | undefined, symbol?: string): Input[] =>
    value === undefined ? [] : [{ meaning, value, ...(symbol === undefined ? {} : { symbol }) }];
  const bytes = (value: number | undefined): string | undefined => (value === undefined ? undefined : format.bytes(value));
  const history = [
    ...known(words.inputs.dailyPeaks, format.number(node.dailyPeaks.length)),
    ...known(words.inputs.history, format.number(forecast.historyDays, 1)),
  ];
  const horizon = known(words.inputs.horizon, format.number(forecast.horizonDays));
  const { peak, growthBytesPerDay, backtest } = forecast;
  const items: Item[] = [
    {
      id: anchor('explain-forecast-peak'),
      term: words.peak,
      explanation: {
        why: text(words.peakWhy),
        formula: words.formula.peak,
        inputs: [
          ...history,
          ...horizon,
          ...known(words.inputs.p50, bytes(peak?.p50), 'p50'),
          ...known(words.inputs.p90, bytes(peak?.p90), 'p90'),
          ...known(words.inputs.p95, bytes(peak?.p95), 'p95'),
        ],
        basis,
        source: sourceText(telling, 'forecast'),
      },
    },
    ...limits.map(({ label, at, days }, index): Item => {
      const date = (value: number | undefined): string | undefined =>
        value === undefined ? undefined : format.date(node.quality.toAt + value * DAY_MS);
      return {
        id: anchor(`explain-days-${index + 1}`),
        term: `${words.days}: ${label}`,
        explanation: {
          why: text(words.daysWhy),
          formula: words.formula.days,
          inputs: [
            ...known(locale.explain.figures.daysInputs.limit, format.bytes(at)),
            ...known(locale.explain.figures.daysInputs.early, date(days?.p90), 'p90'),
            ...known(locale.explain.figures.daysInputs.likely, date(days?.p50), 'p50'),
            ...horizon,
          ],
          basis,
          source: sourceText(telling, 'days-to-limits'),
        },
      };
    }),
    ...(growthBytesPerDay === undefined
      ? []
      : [
          {
            id: anchor('explain-growth'),
            term: words.growth,
            value: locale.explain.perDay(format.signedBytes(growthBytesPerDay)),
            explanation: {
              why: text(words.growthWhy),
              formula: words.formula.growth,
              inputs: history,
              basis,
              source: sourceText(telling, 'forecast'),
            },
          },
        ]),
    ...(backtest === undefined || backtest.origins === 0
      ? []
      : [
          {
            id: anchor('explain-backtest'),
            term: words.backtest,
            value: format.percent(backtest.p95Held),
            explanation: {
              why: text(words.backtestWhy),
              formula: words.formula.backtest,
              inputs: [
                ...known(words.inputs.origins, format.number(backtest.origins)),
                ...known(words.inputs.horizon, format.number(backtest.horizonDays, 1)),
                ...known(words.inputs.held, format.percent(backtest.p95Held)),
                ...known(words.inputs.over, backtest.p95Over === undefined ? undefined : format.percent(backtest.p95Over)),
                ...known(words.inputs.error, format.percent(backtest.medianAbsoluteError)),
              ],
              basis: basisText(telling, 'measured'),
              source: sourceText(telling, 'backtest'),
            },
          },
        ]),
  ];
  return { type: 'explanations', id: anchor('explain-forecast'), title: words.title, items };
}
