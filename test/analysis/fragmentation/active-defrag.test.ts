import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DefragPlan, listDefragParameters } from '../../../src/analysis/fragmentation/active-defrag.ts';
import {
  type DefragSettings,
  defaultDefragSettings,
  defragEffortPercent,
  diagnoseFragmentation,
} from '../../../src/analysis/fragmentation/index.ts';
import { GiB, MiB } from '../../../src/model/bytes.ts';
import type { Engine } from '../../../src/model/engine.ts';
import { buildNodeHistory, sampleEvery, type TestSample } from '../../helpers/node-history.ts';

const redis = (version: string): Engine => ({ name: 'redis', version });
const valkey = (version: string): Engine => ({ name: 'valkey', version });
const settingsOf = (engine: Engine): DefragSettings => defaultDefragSettings(engine) as DefragSettings;

/** Ninety minutes at the peak with 3 GiB of holes beside 10 GiB. */
const holes: Omit<TestSample, 'at'> = {
  usedMemoryBytes: 10 * GiB,
  usedMemoryPeakBytes: 10 * GiB,
  usedMemoryRssBytes: 13.02 * GiB,
  allocatorAllocatedBytes: 10 * GiB,
  allocatorActiveBytes: 13 * GiB,
  allocatorResidentBytes: 13.01 * GiB,
};
const diagnose = (engine: Engine, extra: Omit<TestSample, 'at'> | ((i: number) => Omit<TestSample, 'at'>) = {}) =>
  diagnoseFragmentation(
    buildNodeHistory(sampleEvery(60, 90, (i) => ({ ...holes, ...(typeof extra === 'function' ? extra(i) : extra) }))),
    engine,
  );
const recommendations = (engine: Engine, extra?: Parameters<typeof diagnose>[1]) =>
  Object.fromEntries(
    diagnose(engine, extra)
      .activedefrag.parameters.filter((parameter) => parameter.change)
      .map(({ name, recommended }) => [name, recommended]),
  );

describe('defragEffortPercent', () => {
  it.each([
    { engine: redis('4.0.14'), fragmentation: 55, effort: 50 },
    { engine: redis('5.0.14'), fragmentation: 55, effort: 40 },
    { engine: redis('6.2.16'), fragmentation: 55, effort: 13 },
    { engine: redis('4.0.14'), fragmentation: 12, effort: 26 },
    { engine: redis('5.0.14'), fragmentation: 12, effort: 6 },
    { engine: redis('7.4.1'), fragmentation: 12, effort: 1 },
    { engine: redis('4.0.14'), fragmentation: 130, effort: 75 },
    { engine: redis('5.0.14'), fragmentation: 130, effort: 75 },
    { engine: valkey('8.1.1'), fragmentation: 130, effort: 25 },
  ])('is $effort % at $fragmentation % with the defaults of $engine.version', ({ engine, fragmentation, effort }) => {
    expect(defragEffortPercent(fragmentation, settingsOf(engine))).toBe(effort);
  });

  it('is 0 below the lower threshold and full where the thresholds are reversed', () => {
    const settings = settingsOf(redis('7.2.6'));
    expect(defragEffortPercent(9.9, settings)).toBe(0);
    expect(defragEffortPercent(20, { ...settings, lowerPercent: 10, upperPercent: 10 })).toBe(25);
  });

  it('never falls as fragmentation rises, and stays between the two efforts', () => {
    const percent = fc.double({ min: 10, max: 300, noNaN: true });
    fc.assert(
      fc.property(percent, percent, fc.constantFrom(redis('4.0'), redis('5.0'), redis('8.0')), (a, b, engine) => {
        const settings = settingsOf(engine);
        const low = defragEffortPercent(Math.min(a, b), settings);
        const high = defragEffortPercent(Math.max(a, b), settings);
        expect(low).toBeLessThanOrEqual(high);
        expect(low).toBeGreaterThanOrEqual(settings.cycleMinPercent);
        expect(high).toBeLessThanOrEqual(settings.cycleMaxPercent);
      }),
    );
  });
});

describe('the table of active-defrag parameters', () => {
  it.each([
    { engine: redis('4.0.14'), min: '25', max: '75', names: 6 },
    { engine: redis('5.0.14'), min: '5', max: '75', names: 7 },
    { engine: redis('6.0.20'), min: '1', max: '25', names: 8 },
    { engine: redis('8.0.3'), min: '1', max: '25', names: 8 },
    { engine: valkey('7.2.7'), min: '1', max: '25', names: 8 },
    { engine: valkey('8.1.1'), min: '1', max: '25', names: 9 },
    { engine: { name: 'keydb', version: '6.3.4' } as Engine, min: '1', max: '25', names: 8 },
  ])('has the defaults of $engine.name $engine.version', ({ engine, min, max, names }) => {
    const parameters = diagnose(engine).activedefrag.parameters;
    const byDefault = Object.fromEntries(parameters.map((parameter) => [parameter.name, parameter.default]));
    expect(parameters).toHaveLength(names);
    expect(byDefault).toMatchObject({
      activedefrag: 'no',
      'active-defrag-ignore-bytes': '100mb',
      'active-defrag-threshold-lower': '10',
      'active-defrag-threshold-upper': '100',
      'active-defrag-cycle-min': min,
      'active-defrag-cycle-max': max,
    });
    expect(byDefault['active-defrag-cycle-us']).toBe(names === 9 ? '500' : undefined);
    expect(byDefault['jemalloc-bg-thread']).toBe(names >= 8 ? 'yes' : undefined);
  });

  it('has ElastiCache’s own defaults there, tames them, and asks for no value that it refuses', () => {
    const offering = 'elasticache-redis';
    const cycles = (plan: DefragPlan) =>
      Object.fromEntries(
        listDefragParameters(redis('7.1'), 'no', plan, offering).flatMap(({ name, default: byDefault, recommended }) =>
          name === 'activedefrag' || (!name.includes('cycle') && recommended === undefined) ? [] : [[name, [byDefault, recommended]]],
        ),
      );
    expect(cycles({ activedefrag: 'yes' })).toEqual({
      'active-defrag-cycle-min': ['25', '5'],
      'active-defrag-cycle-max': ['75', '25'],
    });
    expect(cycles({ activedefrag: 'yes', startEarlyForUsedBytes: 60 * GiB })).toMatchObject({
      'active-defrag-threshold-lower': ['10', '5'],
    });
    expect(cycles({ activedefrag: 'yes', startEarlyForUsedBytes: 60 * GiB })).not.toHaveProperty('active-defrag-ignore-bytes');
  });

  it('is empty before 4.0 and without defaults where the version is unknown', () => {
    expect(diagnose(redis('3.2.13')).activedefrag.parameters).toEqual([]);
    const unknown = diagnose({ name: 'unknown', version: undefined }).activedefrag;
    expect(unknown.supported).toBe('unknown');
    expect(unknown.parameters.every((parameter) => parameter.default === undefined)).toBe(true);
  });

  it('keeps defaults of current versions and tames those of 4.0 and 5.0', () => {
    expect(recommendations(redis('7.2.6'))).toEqual({ activedefrag: 'yes' });
    expect(recommendations(redis('5.0.14'))).toEqual({ activedefrag: 'yes', 'active-defrag-cycle-max': '25' });
    expect(recommendations(redis('4.0.14'))).toEqual({
      activedefrag: 'yes',
      'active-defrag-cycle-min': '5',
      'active-defrag-cycle-max': '25',
    });
  });

  it('recommends nothing where there is no fragmentation', () => {
    const healthy = { allocatorActiveBytes: 10.1 * GiB, allocatorResidentBytes: 10.2 * GiB, usedMemoryRssBytes: 10.2 * GiB };
    expect(recommendations(redis('7.2.6'), healthy)).toEqual({});
    expect(diagnose(redis('7.2.6'), healthy).advice).toBe('none');
  });
});

describe('whether active defragmentation can run', () => {
  it.each([
    { engine: redis('7.0.15'), allocator: 'jemalloc-5.3.0', supported: 'no', reason: 'system-jemalloc' },
    { engine: redis('7.0.15'), allocator: 'jemalloc-5.2.1', supported: 'unknown', reason: undefined },
    { engine: redis('6.0.16'), allocator: 'jemalloc-5.2.1', supported: 'no', reason: 'system-jemalloc' },
    { engine: redis('6.2.16'), allocator: 'jemalloc-5.1.0', supported: 'unknown', reason: undefined },
    { engine: redis('5.0.14'), allocator: 'jemalloc-5.1.0', supported: 'unknown', reason: undefined },
    { engine: redis('4.0.14'), allocator: 'jemalloc-4.0.3', supported: 'unknown', reason: undefined },
    { engine: redis('8.0.2'), allocator: 'jemalloc-5.3.0', supported: 'unknown', reason: undefined },
    { engine: redis('99.0'), allocator: 'jemalloc-7.0.0', supported: 'unknown', reason: undefined },
    { engine: redis('3.2.13'), allocator: 'jemalloc-4.0.3', supported: 'no', reason: 'version-too-old' },
    { engine: redis('7.2.6'), allocator: 'libc', supported: 'no', reason: 'not-jemalloc' },
    { engine: redis('7.2.6'), allocator: 'tcmalloc-2.9', supported: 'no', reason: 'not-jemalloc' },
  ])('$engine.version on $allocator: $supported', ({ engine, allocator, supported, reason }) => {
    const result = diagnose(engine, { texts: { allocator } }).activedefrag;
    expect(result.supported).toBe(supported);
    expect(result.supportedReason).toBe(reason);
    expect(result.enabled).toBe(supported === 'no' ? 'no' : 'unknown');
  });

  it('does not call the build of a managed service a system jemalloc', () => {
    const texts = { allocator: 'jemalloc-5.3.0', os: 'Amazon ElastiCache' };
    expect(diagnose(redis('7.0.7'), { texts }).activedefrag.supported).toBe('unknown');
  });

  it('recognises the stub of Valkey 8.1+ that never reports small bins', () => {
    const stub = { texts: { allocator: 'jemalloc-5.3.0' }, allocatorFragBytes: 0, allocatorFragRatio: 1 };
    expect(diagnose(valkey('8.1.1'), stub).activedefrag).toMatchObject({ supported: 'no', supportedReason: 'system-jemalloc' });
    expect(diagnose(valkey('8.0.1'), stub).activedefrag.supported).toBe('unknown');
  });

  it('believes a run that was seen over everything else', () => {
    const result = diagnose(redis('7.0.15'), (i) => ({
      texts: { allocator: 'jemalloc-5.3.0' },
      activeDefragRunningPercent: i === 2 ? 5 : 0,
    }));
    expect(result.activedefrag).toMatchObject({ supported: 'yes', supportedReason: 'seen-running', enabled: 'yes' });
    expect(result.activedefrag.parameters[0]).toMatchObject({ name: 'activedefrag', current: 'yes', recommended: 'yes', change: false });
  });
});

describe('advice against holes', () => {
  it('is a restart where defragmentation cannot run', () => {
    expect(diagnose(redis('7.0.15'), { texts: { allocator: 'jemalloc-5.3.0' } }).advice).toBe('restart');
    expect(diagnose(redis('3.2.13')).advice).toBe('restart');
  });

  it('is a restart where the server would not start it: the holes are not in small bins', () => {
    const largeValues = { allocatorFragRatio: 1.02, allocatorFragBytes: 0.2 * GiB };
    const result = diagnose(redis('7.4.1'), largeValues);
    expect(result.advice).toBe('restart');
    expect(result.recoverableBytes.activedefrag).toBe(0.2 * GiB);
    expect(diagnose(redis('7.2.6'), { allocatorFragRatio: 1.3, allocatorFragBytes: 3 * GiB }).advice).toBe('activedefrag');
    expect(diagnose(redis('7.4.1'), { allocatorFragRatio: 1.1, allocatorFragBytes: GiB }).advice).toBe('activedefrag');
  });

  it('is a restart where the main thread has no room for it', () => {
    const busy = (share: number) => (i: number) => ({ mainThreadCpuSysSeconds: i * 10, mainThreadCpuUserSeconds: i * (share * 60 - 10) });
    expect(diagnose(redis('7.2.6'), busy(0.7)).advice).toBe('restart');
    expect(diagnose(redis('7.2.6'), busy(0.5)).advice).toBe('activedefrag');
    // Busy for half an hour of the ninety minutes: a load, not the rule.
    const burst = (i: number) => ({ mainThreadCpuSysSeconds: 0, mainThreadCpuUserSeconds: 60 * Math.min(i, 30) });
    expect(diagnose(redis('7.2.6'), burst).advice).toBe('activedefrag');
  });

  it('stays with activedefrag while it is at work, also where it would not start anew', () => {
    const small = { allocatorFragRatio: 1.02, allocatorFragBytes: 50 * MiB };
    expect(diagnose(redis('8.0.4'), small).advice).toBe('restart');
    expect(diagnose(redis('8.0.4'), { ...small, activeDefragRunningPercent: 5 }).advice).toBe('activedefrag');
  });

  it('is a restart, and to stop it, where passes move next to nothing', () => {
    const passes = (hits: number) => (i: number) => ({
      activeDefragRunningPercent: 10,
      activeDefragHits: i * hits,
      activeDefragMisses: i * 1_000_000,
    });
    const idle = diagnose(redis('7.2.6'), passes(100));
    expect(idle.advice).toBe('restart');
    expect(idle.evidence.defragHitShare).toBeCloseTo(0.0001, 6);
    expect(idle.activedefrag.parameters[0]).toMatchObject({ current: 'yes', recommended: 'no', change: true });
    expect(diagnose(redis('7.2.6'), passes(500_000)).advice).toBe('activedefrag');
  });
});

describe('with the settings of the server', () => {
  const diagnosed = (settings: Record<string, string>, plan: DefragPlan = { activedefrag: 'yes' }) =>
    Object.fromEntries(listDefragParameters(redis('7.0.15'), 'no', plan, undefined, settings).map((each) => [each.name, each]));

  it('compares what it would set with what is set, not with the default', () => {
    const found = diagnosed({
      activedefrag: 'no',
      'active-defrag-ignore-bytes': '1073741824',
      'active-defrag-threshold-lower': '40',
      'active-defrag-cycle-min': '3',
      'active-defrag-cycle-max': '75',
    });
    expect(found['active-defrag-ignore-bytes']).toEqual({
      name: 'active-defrag-ignore-bytes',
      current: '1024mb',
      default: '100mb',
      recommended: '100mb',
      change: true,
    });
    expect(found['active-defrag-threshold-lower']).toMatchObject({ current: '40', recommended: '10', change: true });
    expect(found['active-defrag-cycle-min']).toMatchObject({ current: '3', change: false });
    expect(found['active-defrag-cycle-max']).toMatchObject({ current: '75', recommended: '25', change: true });
    expect(
      diagnosed({ 'active-defrag-threshold-lower': '5' }, { activedefrag: 'yes', startEarlyForUsedBytes: GiB })[
        'active-defrag-threshold-lower'
      ],
    ).toMatchObject({
      recommended: '5',
      change: false,
    });
  });

  it('knows that it is on, or off, without having seen it at work', () => {
    const texts = (activedefrag: string) => ({ texts: { settings: JSON.stringify({ activedefrag }), allocator: 'jemalloc-5.3.0' } });
    expect(diagnose(redis('7.2.6'), texts('yes')).activedefrag).toMatchObject({
      supported: 'yes',
      supportedReason: 'setting-on',
      enabled: 'yes',
    });
    expect(diagnose(valkey('8.1.1'), texts('no')).activedefrag).toMatchObject({ enabled: 'no' });
    expect(diagnose(valkey('8.1.1')).activedefrag.enabled).toBe('unknown');
  });
});
