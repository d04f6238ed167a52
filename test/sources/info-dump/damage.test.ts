import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../src/model/errors.ts';
import { readInfo } from './read-info.ts';

const DUMPS = 60;
const START_AT = Date.UTC(2026, 10, 2, 10);

function dumpLines(minute: number): string[] {
  return [
    new Date(START_AT + minute * 60_000).toISOString(),
    '# Server',
    'redis_version:7.2.5',
    'run_id:ffff000000000000000000000000000000000001',
    'tcp_port:6379',
    `uptime_in_seconds:${100 + 60 * minute}`,
    'hz:10',
    '# Clients',
    'connected_clients:5',
    '# Memory',
    `used_memory:${7_000_000 + minute}`,
    'used_memory_human:6.68M',
    `used_memory_rss:${9_000_000 + minute}`,
    'maxmemory:0',
    'maxmemory_policy:noeviction',
    '# Errorstats',
    'errorstat_ERR:count=1',
    '# Keyspace',
    `db0:keys=${minute},expires=0,avg_ttl=0`,
  ];
}

/** Samples, or undefined for an InputError; any other throw fails the test. */
async function readOrRefuse(content: string | Uint8Array): Promise<Awaited<ReturnType<typeof readInfo>> | undefined> {
  try {
    return await readInfo(content, { pieceSize: 777 });
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    return undefined;
  }
}

describe('damaged and arbitrary input', () => {
  it('reads dumps that lost no line rightly when others lost some', async () => {
    // The very first stamp stays: which stamp belongs to which dump without it is tested beside the source.
    const lines = [...Array(DUMPS).keys()].flatMap((minute) => dumpLines(minute).map((text) => ({ minute, text })));
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.integer({ min: 1, max: lines.length - 1 }), { minLength: 1, maxLength: 11 }), async (deleted) => {
        const lost = new Set(deleted.map((index) => lines[index]?.minute));
        const text = lines.filter((_, index) => !deleted.includes(index)).map((line) => `${line.text}\n`);
        const result = await readOrRefuse(text.join(''));
        expect(result).toBeDefined();
        const byTime = new Map(result?.rows.map((row) => [row.time, row]));
        for (let minute = 0; minute < DUMPS; minute += 1) {
          if (lost.has(minute)) continue;
          const row = byTime.get(new Date(START_AT + minute * 60_000).toISOString());
          expect(row?.number('usedMemoryBytes')).toBe(7_000_000 + minute);
          expect(row?.number('usedMemoryRssBytes')).toBe(9_000_000 + minute);
          expect(row?.number('keys')).toBe(minute);
          expect(row?.node).toBe('prod-a');
        }
      }),
      { numRuns: 60 },
    );
  });

  it('gives samples or an InputError when bytes are lost', async () => {
    const bytes = Buffer.from([...Array(20).keys()].flatMap((minute) => dumpLines(minute)).join('\r\n'));
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.nat(bytes.length - 1), { maxLength: Math.ceil(bytes.length / 100) }), async (deleted) => {
        const gone = new Set(deleted);
        const result = await readOrRefuse(bytes.filter((_, index) => !gone.has(index)));
        for (const row of result?.rows ?? []) expect(row.number('usedMemoryBytes') ?? 0).toBeLessThan(1e18);
      }),
      { numRuns: 40 },
    );
  });

  it('gives samples or an InputError for arbitrary bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 3000 }), async (bytes) => {
        await readOrRefuse(bytes);
      }),
      { numRuns: 100 },
    );
  });

  it('gives samples or an InputError for arbitrary mixtures of what INFO files hold', async () => {
    const piece = fc.oneof(
      fc.constantFrom(
        ...[
          'used_memory:',
          'used_memory_rss=',
          'db0:',
          'keys=1,expires=',
          '# Server',
          '# Memory',
          '\n',
          '\r',
          '\r\n',
          ' ',
          '|',
          '"',
          '{',
          '}',
          '\\n',
        ],
        ...[
          '$12',
          '> ',
          '127.0.0.1:6379> ',
          'redis-cli -h a -p ',
          '2026-11-02',
          'T10:00:00Z',
          ' 1793613600 ',
          'Mon Nov  2 10:00:01 UTC 2026',
          '10.0.0.1:6379',
        ],
        ...['run_id:', 'role:', 'uptime_in_seconds:', 'redis_version:', '__proto__:', '\u0000', '\u001b[31m', 'Timestamp: ', '===', '['],
      ),
      fc.nat().map(String),
      fc.string({ maxLength: 12 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 120 }), async (pieces) => {
        const result = await readOrRefuse(pieces.join(''));
        for (const row of result?.rows ?? []) {
          expect(row.time).not.toBe('Invalid Date');
          expect(row.node.length).toBeLessThanOrEqual(200);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('takes no notice of how the bytes are cut into pieces', async () => {
    const text = Buffer.from([...Array(4).keys()].flatMap((minute) => dumpLines(minute)).join('\r\n'));
    const whole = await readInfo(text);
    for (const pieceSize of [1, 2, 3, 5, 64]) {
      const cut = await readInfo(text, { pieceSize });
      expect(cut.batches).toEqual(whole.batches);
      expect(cut.report).toEqual(whole.report);
    }
  });

  it('spends no longer than in proportion on hostile lines', async () => {
    const hostile = [
      ' '.repeat(8000),
      'a '.repeat(4000),
      '[['.repeat(4000),
      '1'.repeat(8000),
      'redis-cli '.repeat(800),
      'a:'.repeat(4000),
      '"a"='.repeat(2000),
    ];
    const text = hostile.map((line) => `${line}x\n`.repeat(20)).join('');
    const result = await readOrRefuse(`${dumpLines(0).join('\n')}\n${text}`);
    expect(result?.rows).toHaveLength(1);
  });
});
