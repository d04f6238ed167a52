import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placeInClusters } from '../../../src/analysis/cluster-topology.ts';
import { ClusterNodes } from '../../../src/sources/info-dump/cluster-nodes.ts';
import { ClusterShards, holdsClusterShards } from '../../../src/sources/info-dump/cluster-shards.ts';
import { DumpParser } from '../../../src/sources/info-dump/dump-parser.ts';
import { infoDumpSource } from '../../../src/sources/info-dump/index.ts';
import { buildNodeHistory, START_AT } from '../../helpers/node-history.ts';

const FOLDER = join(import.meta.dirname, '..', '..', 'fixtures', 'info');
const fixture = (name: string): string => readFileSync(join(FOLDER, name), 'utf8');

/** Printed by redis-cli 7.0 of a cluster of Redis 8.0: three primaries, and a replica of the first. */
const FORMS = ['cluster-shards', 'cluster-slots'].flatMap((name) => [`${name}.txt`, `${name}-numbered.txt`, `${name}-resp3.txt`]);
const [A, B, C, D] = [
  '2b4f0de6db5922c82177c0793f2ab68f9daee098',
  '542dde94399d28f0f7b39d110adddc2ce803f5c9',
  'c57bcc4f78cb17d51fd2d7dd3a1bafa5d51841df',
  '4be31546f2db65b56c90ddfe1178e0e67fe58369',
] as const;

function parse(text: string): DumpParser {
  const parser = new DumpParser('UTC');
  parser.push(text);
  parser.end();
  return parser;
}
const nodesOf = (text: string) => parse(text).clusterNodes.nodes.toSorted((a, b) => (a.address ?? '').localeCompare(b.address ?? ''));
const INFO = '# Server\nredis_version:5.0.14\n# Memory\nused_memory:1000000\n';

describe('CLUSTER SHARDS and CLUSTER SLOTS beside INFO', () => {
  it.each(FORMS)('%s tells addresses, primaries and who holds slots', (name) => {
    const at = (port: number) => ({ address: `127.0.0.1:${port}`, isSelf: false, view: 1 });
    expect(nodesOf(fixture(name))).toEqual([
      { id: A, holdsSlots: true, ...at(17101) },
      { id: B, holdsSlots: true, ...at(17102) },
      { id: C, holdsSlots: true, ...at(17103) },
      { id: D, primaryId: A, holdsSlots: false, ...at(17104) },
    ]);
  });

  it.each(FORMS)('%s is taken for an input, and leaves dumps around it as they are', (name) => {
    const text = fixture(name);
    expect(infoDumpSource.accepts({ head: text } as Parameters<typeof infoDumpSource.accepts>[0])).toBe(true);
    const parser = parse(`${INFO}\n$ redis-cli cluster\n${text}\n\n${INFO}`);
    expect(parser.takeFinished()).toHaveLength(2);
    expect(parser.clusterNodes.nodes).toHaveLength(4);
  });

  it.each(['cluster-shards.txt', 'cluster-slots.txt'])('%s twice of two clusters is two texts', (name) => {
    const other = fixture(name).replace(/[0-9a-f]{40}/g, (id) => id.split('').reverse().join(''));
    const views = new Map(nodesOf(`${fixture(name)}\n\n${other}`).map(({ id, view }) => [id, view]));
    expect(views.size).toBe(8);
    expect(views.get(A)).toBe(views.get(D));
    expect(views.get(A)).not.toBe(views.get(A.split('').reverse().join('')));
  });

  it('knows host names beside addresses, empty values, IPv6, and the primary that is not down', () => {
    const node = (id: string, rest: readonly string[]) => ['id', id, 'port', '6379', ...rest, 'replication-offset', '0'];
    const lines = [
      ...['slots', '0', '100', '200', '300', 'nodes'],
      ...node(A, ['ip', 'fd00::1', 'endpoint', '', 'hostname', 'host-a.example', 'role', 'master', 'health', 'fail']),
      ...node(B, ['ip', '10.0.0.2', 'endpoint', '10.0.0.2', 'role', 'master', 'health', 'online']),
    ];
    expect(nodesOf(lines.join('\n'))).toMatchObject([
      { id: A, address: '[fd00::1]:6379', primaryId: B, holdsSlots: false },
      { id: B, address: '10.0.0.2:6379', holdsSlots: true },
    ]);
    const slots = [
      '0',
      '100',
      '10.0.0.1',
      '6379',
      A,
      'hostname',
      'host-a.example',
      '10.0.0.2',
      '6379',
      B,
      'hostname',
      'host-b.example',
      '200',
      '300',
      '10.0.0.1',
      '6379',
      A,
    ];
    expect(nodesOf(slots.join('\n'))).toMatchObject([
      { id: A, holdsSlots: true },
      { id: B, primaryId: A },
    ]);
  });

  it('places the dumps of the nodes in shards', () => {
    const clusterNodes = nodesOf(fixture('cluster-shards.txt').replaceAll('127.0.0.1', '10.0.0.1'));
    const histories = [17101, 17104, 17102].map((port) =>
      buildNodeHistory([{ at: START_AT, usedMemoryBytes: 1e6 }], { nodeId: `10.0.0.1:${port}` }),
    );
    const places = placeInClusters(histories, [{ clusterNodes, nodes: new Map() }]);
    expect(histories.map((history) => places.get(history))).toMatchObject([
      { shardKey: A, shards: 3 },
      { shardKey: A, shards: 3 },
      { shardKey: B, shards: 3 },
    ]);
  });

  it.each([
    ['numbers alone', '0\n5460\n'],
    ['a port and an id', `6379\n${A}\n`],
    ['a range whose end is before its begin', `5460\n0\n10.0.0.1\n6379\n${A}\n`],
    ['an id that is none', '0\n5460\n10.0.0.1\n6379\nabc\n'],
    ['the word slots', 'slots\nare full\n'],
  ])('takes nothing from %s', (_, text) => {
    expect(nodesOf(text)).toEqual([]);
    expect(holdsClusterShards(text)).toBe(false);
  });

  it('never throws, whatever stands in the lines', () => {
    const word = fc.oneof(
      fc.constantFrom(
        'slots',
        'nodes',
        'id',
        A,
        'port',
        '6379',
        'ip',
        'role',
        'master',
        '0',
        '100',
        '10.0.0.1',
        '',
        '(nil)',
        '1) "id"',
        '1# "slots" =>',
        'hostname',
      ),
      fc.string({ maxLength: 60 }),
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 60 }), (lines) => {
        const found = new ClusterNodes();
        const shards = new ClusterShards(found);
        lines.forEach((line, i) => void shards.read(line, i));
        shards.end();
        expect(found.nodes.every(({ id }) => /^[0-9a-f]{40}$/.test(id))).toBe(true);
      }),
    );
  });
});
