import { describe, expect, it } from 'vitest';
import { knownSettings, numberSetting, outputBufferLimit } from '../../src/analysis/known-settings.ts';
import { parseSettings, settingsText } from '../../src/model/server-settings.ts';

describe('settings of a server', () => {
  it('are the same text in any order, and come back from it', () => {
    const text = settingsText({ save: '900 1', hz: '10' });
    expect(text).toBe(settingsText({ hz: '10', save: '900 1' }));
    expect(parseSettings(text)).toEqual({ hz: '10', save: '900 1' });
    expect(settingsText({ save: 'x'.repeat(10_000) }).length).toBeLessThan(500);
  });

  it.each([undefined, '', '{', '[1]', 'null', '3'])('are none in %j', (text) => {
    expect(parseSettings(text)).toEqual({});
  });

  it('are the newest of a history', () => {
    const change = (at: number, hz: string) => ({ at, value: settingsText({ hz }) });
    expect(numberSetting(knownSettings({ texts: { settings: [change(1, '10'), change(2, '50')] } }), 'hz')).toBe(50);
    expect(numberSetting({ hz: 'many' }, 'hz')).toBeUndefined();
  });

  it.each([
    ['normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60', '268435456 67108864 60'],
    ['normal 0 0 0 replica 0 0 0', '0 0 0'],
    ['normal 0 0 0', undefined],
    ['slave 1 2', undefined],
    ['slave 1 2; FLUSHALL', undefined],
  ])('tell the limit of replicas in %j', (value, limit) => {
    expect(outputBufferLimit({ 'client-output-buffer-limit': value }, (word) => word === 'slave' || word === 'replica')).toBe(limit);
  });
});
