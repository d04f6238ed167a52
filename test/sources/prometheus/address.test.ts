import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../../src/model/errors.ts';
import { isPrometheusUrl, parsePrometheusUrl } from '../../../src/sources/prometheus/address.ts';

describe('the address of a Prometheus', () => {
  it.each([
    ['prometheus+http://host:9090', 'http://host:9090', ['']],
    ['prometheus+http://host:9090/', 'http://host:9090', ['']],
    ['prometheus+https://host/prefix/', 'https://host/prefix', ['']],
    ['PROMETHEUS+HTTP://host:9090/api/v1/', 'http://host:9090', ['']],
    ['prometheus+http://[::1]:9090?match={job="redis"}', 'http://[::1]:9090', ['job="redis"']],
    ['prometheus+http://host?match=job="redis"', 'http://host', ['job="redis"']],
    ['prometheus+http://host?match=redis_up{job="redis",}', 'http://host', ['job="redis"']],
    ['prometheus+http://host?match=redis_up', 'http://host', ['']],
    ['prometheus+http://host?match=%7Bjob%3D%22a%26b%22%7D', 'http://host', ['job="a&b"']],
    ['prometheus+http://host?match[]={a="1"}&match[]={b=~".+@x/y?z"}', 'http://host', ['a="1"', 'b=~".+@x/y?z"']],
  ])('%s', (url, baseUrl, selectors) => {
    expect(isPrometheusUrl(url)).toBe(true);
    expect(parsePrometheusUrl(url)).toMatchObject({ baseUrl, selectors, access: {} });
  });

  it('takes user and password out of the address, before those of the environment', () => {
    const target = parsePrometheusUrl('prometheus+http://me:p@ss%21@host:9090/x?match={job="a@b"}', { username: 'other', token: 'bearer' });
    expect(target).toMatchObject({ name: 'prometheus+http://host:9090/x?match={job="a@b"}', server: 'prometheus+http://host:9090/x' });
    expect(target.access).toEqual({ username: 'me', password: 'p@ss!', token: undefined });
  });

  it.each([
    'prometheus+http://',
    'prometheus+http://user:hunter2 x@host:port',
    'prometheus+http://user:hunter2@host:99999',
    'prometheus+http://user:hunter2@host/graph?g0.expr=up',
    'prometheus+http://user:hun/ter2@ho st',
  ])('refuses %s and keeps its password to itself', (url) => {
    expect(() => parsePrometheusUrl(url)).toThrow(ConfigError);
    expect(() => parsePrometheusUrl(url)).not.toThrow(/hun/);
  });

  it.each(['http://host:9090', 'redis://host', 'prometheus.csv', '/prometheus+http/x'])('leaves %s to others', (input) => {
    expect(isPrometheusUrl(input)).toBe(false);
  });
});
