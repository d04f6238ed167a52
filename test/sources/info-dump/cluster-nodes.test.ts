import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ClusterNodes } from '../../../src/sources/info-dump/cluster-nodes.ts';
import { DumpParser } from '../../../src/sources/info-dump/dump-parser.ts';

const [A, B, C] = ['a', 'b', 'c'].map((letter) => letter.repeat(40)) as [string, string, string];
const TEXT = [
  `${A} 10.0.0.1:6379@16379,host-a,shard-id=${C} myself,master - 0 0 1 connected 0-5460 [5461->-${B}]`,
  `${B} [fd00::2]:6380@16380 slave ${A} 0 1700000000000 1 connected`,
  `${C} :0@0 master,noaddr - 0 0 3 disconnected`,
];

function read(lines: readonly string[]): ClusterNodes {
  const parser = new DumpParser('UTC');
  parser.push(`${lines.join('\r\n')}\r\n`.replaceAll('\r\n', '\n'));
  parser.end();
  return parser.clusterNodes;
}

describe('CLUSTER NODES beside INFO', () => {
  it('tells addresses, primaries, slots and who was asked', () => {
    expect(read(['# Server', 'redis_version:5.0.14', ...TEXT]).nodes).toEqual([
      { id: A, address: '10.0.0.1:6379', holdsSlots: true, isSelf: true, view: 1 },
      { id: B, address: '[fd00::2]:6380', primaryId: A, holdsSlots: false, isSelf: false, view: 1 },
      { id: C, holdsSlots: false, isSelf: false, view: 1 },
    ]);
  });

  it('keeps texts apart, and what the last one says of a node', () => {
    const later = TEXT[1]?.replace('slave', 'master').replace(` ${A} 0`, ' - 0') ?? '';
    const { nodes } = read([...TEXT, 'used_memory:1000000', later]);
    expect(nodes.find(({ id }) => id === B)).toMatchObject({ view: 2 });
    expect(nodes.find(({ id }) => id === B)?.primaryId).toBeUndefined();
  });

  it('does not disturb the dump that it stands in', () => {
    const parser = new DumpParser('UTC');
    parser.push(['# Server', 'redis_version:5.0.14', ...TEXT, '# Memory', 'used_memory:1000000', ''].join('\n'));
    parser.end();
    expect(parser.takeFinished()).toHaveLength(1);
  });

  it('takes no other line, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), (line) => {
        expect(new ClusterNodes().read(line, 1)).toBe(false);
      }),
    );
  });
});

describe('the lines of replicas', () => {
  const replicasOf = (lines: readonly string[]) => {
    const parser = new DumpParser('UTC');
    parser.push(['# Replication', 'role:master', ...lines, 'connected_slaves:2', ''].join('\n'));
    parser.end();
    return [...(parser.takeFinished()[0]?.replicas?.values() ?? [])];
  };

  it.each([
    [
      'Redis',
      ['slave0:ip=10.0.0.2,port=6379,state=online,offset=42,lag=0', 'slave1:ip=fd00::3,port=6380,state=wait_bgsave,offset=0,lag=0'],
    ],
    ['Redis 2.6', ['slave0:10.0.0.2,6379,online', 'slave1:fd00::3,6380,online']],
    ['Valkey', ['slave0:ip=10.0.0.2,port=6379,state=online,offset=42,lag=0,type=replica', 'replica1:ip=FD00::3,port=6380,state=online']],
  ])('give their addresses: %s', (_, lines) => {
    expect(replicasOf(lines)).toEqual(['10.0.0.2:6379', '[fd00::3]:6380']);
  });

  it.each(['slave0:', 'slave0:online', 'slave0:ip=,port=1', 'slave0:ip=10.0.0.2,port=0,state=online', 'slave0:name=x'])(
    'give none: %s',
    (line) => {
      expect(replicasOf([line])).toEqual([]);
    },
  );
});
