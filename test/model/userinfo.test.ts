import { expect, it } from 'vitest';
import { withoutUserinfo } from '../../src/model/userinfo.ts';

it.each([
  ['redis://user:secret@host:6379', 'redis://host:6379'],
  ['rediss://:se/cr@et@host:6379/0', 'rediss://host:6379/0'],
  ['redis://token@host', 'redis://host'],
  ['user:secret@host:6379', 'host:6379'],
  [':secret@host', 'host'],
  ['redis@6379', 'redis@6379'],
  ['root@host', 'root@host'],
  ['host:6379', 'host:6379'],
])('shows %s as %s', (name, shown) => {
  expect(withoutUserinfo(name)).toBe(shown);
});
