import { describe, expect, it } from 'vitest';
import { parseAddressMap } from '../../../src/sources/live/address-map.ts';

describe('parseAddressMap', () => {
  const rules = [
    '10.0.0.7:6379=localhost:7001',
    '10.0.0.7=node-7.example.com',
    'fd00::1=[::1]:7002',
    '[fd00::2]:6379=h:1',
    '*=gate.example.com',
  ];
  it.each([
    [
      { host: '10.0.0.7', port: 6379 },
      { host: 'localhost', port: 7001 },
    ],
    [
      { host: '10.0.0.7', port: 6380 },
      { host: 'node-7.example.com', port: 6380 },
    ],
    [
      { host: 'fd00::1', port: 6379 },
      { host: '::1', port: 7002 },
    ],
    [
      { host: 'fd00::2', port: 6379 },
      { host: 'h', port: 1 },
    ],
    [
      { host: '10.0.0.8', port: 6379 },
      { host: 'gate.example.com', port: 6379 },
    ],
    [{ path: '/run/redis.sock' }, { path: '/run/redis.sock' }],
  ])('reaches %j at %j', (announced, reached) => {
    expect(parseAddressMap(rules)(announced)).toEqual(reached);
  });

  it('leaves alone what no rule names', () => {
    const announced = { host: 'a', port: 1 };
    expect(parseAddressMap(['b=c'])(announced)).toBe(announced);
    expect(parseAddressMap([])(announced)).toBe(announced);
  });

  it.each(['', 'a', 'a=', '=b', 'a=b=c', 'a:1=b', 'a=*', 'a=b:0', 'a=b:65536', 'a=b:x', 'redis://a=b'])('refuses %j', (rule) => {
    expect(() => parseAddressMap([rule])).toThrow(/--address-map: ".*" cannot be used\. Expected 10\.0\.0\.7:6379=localhost:7001/);
  });
});
