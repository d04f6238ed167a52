import { describe, expect, it } from 'vitest';
import { findReplicationSets } from '../../src/analysis/replication.ts';
import type { TextFieldId } from '../../src/model/metrics.ts';
import type { NodeHistory } from '../../src/model/node-history.ts';
import { buildNodeHistory, sampleEvery } from '../helpers/node-history.ts';

const ID_A = 'a'.repeat(40);
const ID_B = 'b'.repeat(40);

type Texts = Partial<Record<TextFieldId, string>>;

/** One sample a minute; `later` are the texts of the second half. */
function historyOf(nodeId: string, texts: Texts, later: Texts = texts, minutes = 10): NodeHistory {
  return buildNodeHistory(
    sampleEvery(60, minutes, (i) => ({ usedMemoryBytes: 1e9, texts: i < 5 ? texts : later })),
    { nodeId },
  );
}

const setsOf = (...histories: NodeHistory[]) => findReplicationSets(histories).map((set) => set.map(({ nodeId }) => nodeId));

describe('replication sets', () => {
  const primary = historyOf('p:6379', { role: 'master', replicationId: ID_A });

  it.each<[string, readonly NodeHistory[], readonly (readonly string[])[]]>([
    [
      'a primary and the replicas that took over its id',
      [primary, historyOf('r1', { role: 'slave', replicationId: ID_A }), historyOf('r2', { role: 'slave', replicationId: ID_A })],
      [['p:6379', 'r1', 'r2']],
    ],
    [
      'two replicas whose primary is not there',
      [historyOf('r1', { role: 'slave', replicationId: ID_A }), historyOf('r2', { role: 'slave', replicationId: ID_A })],
      [['r1', 'r2']],
    ],
    ['nodes that tell nothing of replication', [historyOf('x', {}), historyOf('y', {})], [['x'], ['y']]],
    ['primaries with ids of their own', [primary, historyOf('q', { role: 'master', replicationId: ID_B })], [['p:6379'], ['q']]],
    [
      'two primaries with one id, such as one server under two names',
      [primary, historyOf('p again', { role: 'master', replicationId: ID_A })],
      [['p:6379'], ['p again']],
    ],
    [
      'ids of zeros, which mean none',
      [historyOf('x', { role: 'master', replicationId: '0'.repeat(40) }), historyOf('y', { role: 'slave', replicationId: '0'.repeat(40) })],
      [['x'], ['y']],
    ],
    [
      'a replica that names the address of the other, without ids',
      [historyOf('p:6379', { role: 'master' }), historyOf('r', { role: 'slave', masterHost: 'P', masterPort: '6379' })],
      [['p:6379', 'r']],
    ],
    [
      'a replica that names the host of the other and the port in its INFO',
      [historyOf('p', { role: 'master', tcpPort: '6380' }), historyOf('r', { role: 'slave', masterHost: 'p', masterPort: '6380' })],
      [['p', 'r']],
    ],
    [
      'an IPv6 address',
      [historyOf('[fd00::1]:6379', { role: 'master' }), historyOf('r', { role: 'slave', masterHost: 'fd00::1', masterPort: '6379' })],
      [['[fd00::1]:6379', 'r']],
    ],
    [
      'a loopback address, which every machine has',
      [historyOf('127.0.0.1:6379', { role: 'master' }), historyOf('r', { role: 'slave', masterHost: '127.0.0.1', masterPort: '6379' })],
      [['127.0.0.1:6379'], ['r']],
    ],
    [
      'an address that the ids speak against',
      [primary, historyOf('r', { role: 'slave', masterHost: 'p', masterPort: '6379', masterLinkStatus: 'up', replicationId: ID_B })],
      [['p:6379'], ['r']],
    ],
    [
      'an address with another id while the link is down',
      [primary, historyOf('r', { role: 'slave', masterHost: 'p', masterPort: '6379', masterLinkStatus: 'down', replicationId: ID_B })],
      [['p:6379', 'r']],
    ],
    [
      'a replica of a replica by its own primary’s address',
      [
        historyOf('p:1', { role: 'master' }),
        historyOf('r:1', { role: 'slave', masterHost: 'p', masterPort: '1' }),
        historyOf('s:1', { role: 'slave', masterHost: 'r', masterPort: '1' }),
      ],
      [['p:1', 'r:1', 's:1']],
    ],
  ])('tell %s', (_, histories, sets) => {
    expect(setsOf(...histories)).toEqual(sets);
    expect(
      setsOf(...histories.toReversed())
        .map((set) => set.toSorted())
        .toSorted(),
    ).toEqual(sets.map((set) => [...set].toSorted()).toSorted());
  });

  it('lets a replica go that was detached to live on its own', () => {
    const detached = historyOf(
      'r',
      { role: 'slave', replicationId: ID_A, masterHost: 'p', masterPort: '6379' },
      { role: 'master', replicationId: ID_B },
    );
    expect(setsOf(primary, detached)).toEqual([['p:6379'], ['r']]);
  });

  it('keeps a primary that was lost with the replica that took its place', () => {
    const lost = historyOf('p', { role: 'master', replicationId: ID_A }, undefined, 5);
    const promoted = historyOf('r', { role: 'slave', replicationId: ID_A }, { role: 'master', replicationId: ID_B });
    expect(setsOf(lost, promoted)).toEqual([['p', 'r']]);
  });

  it('names the same primary after it came back as a replica', () => {
    const old = historyOf('p', { role: 'master', replicationId: ID_A }, { role: 'slave', replicationId: ID_B });
    const promoted = historyOf('r', { role: 'slave', replicationId: ID_A }, { role: 'master', replicationId: ID_B });
    expect(setsOf(old, promoted)).toEqual([['p', 'r']]);
  });
});
