import { describe, expect, it } from 'vitest';
import { collectReadings, packTexts, packTimes } from '../../src/render/chart-readings.ts';
import { ratioChart, report } from '../helpers/report.ts';

describe('the readings of charts', () => {
  it('write a step that repeats, and a unit that repeats, once', () => {
    expect(packTimes([1000, 1060, 1120, 1180, 1300])).toBe('1000;60;;;120');
    expect(packTexts(['397 MiB', '398 MiB', null, '1.02 GiB', '1.03 GiB', '0 B'])).toBe('397 MiB;398;;1.02 GiB;1.03;0 B');
    expect(packTexts(['73 %', '74 %'])).toBe('73 %;74');
    expect(packTexts(['5 s', '12/s', '13/s'])).toBe('5 s;12/s ;13/s');
  });

  it('share the instants of charts over the same samples', () => {
    const { times, charts } = collectReadings(report);
    const placesOf = (id: string): number[] => charts[id]?.lines.map(([, , at]) => at) ?? [];
    expect(new Set([...placesOf('memory-over-time'), ...placesOf('system-ratio')])).toEqual(new Set([0]));
    // History and forecast have instants of their own.
    expect(placesOf('forecast')).toEqual([1, 2, 2, 2]);
    expect(times).toHaveLength(4);
  });

  it('name the lines and limits of a chart, and leave out lines without texts and charts that are not over time', () => {
    const { charts } = collectReadings(report);
    expect(charts['memory-over-time']?.lines.map(([role]) => role)).toEqual(['rss', 'used']);
    expect(charts['memory-over-time']?.limits.map(([role]) => role)).toEqual(['maxmemory', 'recommended', 'target', 'machine']);
    expect(charts['memory-over-time']?.scale).toEqual([0, 14, '0']);
    expect(charts['system-ratio']?.scale).toEqual([40, 100, '0 %']);
    expect(charts.phase).toBeUndefined();
    const silent = { ...ratioChart, lines: ratioChart.lines.map(({ told: _, ...line }) => line) };
    expect(collectReadings({ ...report, first: [silent], sections: [] }).charts['system-ratio']?.lines).toEqual([]);
  });
});
