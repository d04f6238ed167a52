import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../../src/model/errors.ts';
import { endpointName, isLiveUrl, parseTarget } from '../../../src/sources/live/address.ts';

describe('parseTarget', () => {
  it.each([
    ['redis://h', 'redis://h', [{ host: 'h', port: 6379 }], {}],
    ['redis://h:7000/0', 'redis://h:7000', [{ host: 'h', port: 7000 }], {}],
    ['redis://:pa%40ss@h:1', 'redis://h:1', [{ host: 'h', port: 1 }], { password: 'pa@ss' }],
    ['redis://u:p@h', 'redis://h', [{ host: 'h', port: 6379 }], { username: 'u', password: 'p' }],
    ['redis://u:p@ss/w?rd#x@h:2', 'redis://h:2', [{ host: 'h', port: 2 }], { username: 'u', password: 'p@ss/w?rd#x' }],
    ['redis://u:100%@h', 'redis://h', [{ host: 'h', port: 6379 }], { username: 'u', password: '100%' }],
    ['redis://[::1]:7', 'redis://[::1]:7', [{ host: '::1', port: 7 }], {}],
    ['rediss://h', 'rediss://h', [{ host: 'h', port: 6379 }], { tls: {} }],
    ['unix:///run/redis.sock', 'unix:///run/redis.sock', [{ path: '/run/redis.sock' }], {}],
    ['redis+unix://:p@/run/redis.sock', 'unix:///run/redis.sock', [{ path: '/run/redis.sock' }], { password: 'p' }],
  ])('reads %s', (url, name, endpoints, access) => {
    expect(parseTarget(url)).toEqual({ name, endpoints, access });
  });

  it('reads Sentinels with their own access and the name of the primary', () => {
    expect(parseTarget('redis+sentinel://u:p@s1,s2:5/mymaster', {}, { password: 'of sentinels' })).toEqual({
      name: 'redis+sentinel://s1,s2:5/mymaster',
      endpoints: [
        { host: 's1', port: 26_379 },
        { host: 's2', port: 5 },
      ],
      access: { username: 'u', password: 'p' },
      sentinel: { masterName: 'mymaster', access: { password: 'of sentinels' } },
    });
  });

  it('takes from elsewhere what the URL does not say, and nothing that it does say', () => {
    const elsewhere = { username: 'headroom', password: 'env', tls: { ca: 'PEM' } };
    expect(parseTarget('redis://h', elsewhere).access).toEqual({ username: 'headroom', password: 'env' });
    expect(parseTarget('rediss://:own@h', elsewhere).access).toEqual({ ...elsewhere, password: 'own' });
  });

  it.each([
    'redis://u:secret@h:99999',
    'redis://u:secret@h/mymaster',
    'unix://u:secret@relative',
    'redis://u:secret@a b',
    'http://u:secret@h',
  ])('refuses %s without its secret', (url) => {
    expect(() => parseTarget(url)).toThrow(ConfigError);
    expect(() => parseTarget(url)).not.toThrow(/secret/);
  });

  it('tells addresses from files', () => {
    expect(['redis://h', 'REDISS://h', 'unix:///s', 'redis+sentinel://h/m', 'valkey://h'].every(isLiveUrl)).toBe(true);
    expect(['redis.csv', './redis:/x', 'prometheus+https://h', '-'].some(isLiveUrl)).toBe(false);
  });

  it('names an endpoint as people write it', () => {
    expect(endpointName({ host: '::1', port: 7 })).toBe('[::1]:7');
    expect(endpointName({ path: '/run/redis.sock' })).toBe('/run/redis.sock');
  });
});
