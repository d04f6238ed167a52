import { describe, expect, it } from 'vitest';
import { infoDumpSource } from '../../../src/sources/info-dump/index.ts';
import { infoInput, readInfo } from './read-info.ts';

/** Lines of one dump of a server, a minute after the one before. */
function lines(minute = 0, used = 3_210_000_000): string[] {
  return [
    '# Server',
    'redis_version:7.2.5',
    'run_id:aaaa000000000000000000000000000000000001',
    `uptime_in_seconds:${600 + 60 * minute}`,
    'io_threads_active:0',
    'config_file:',
    '',
    '# Memory',
    `used_memory:${used}`,
    'used_memory_human:2.99G',
    `used_memory_rss:${used + 1000}`,
    'maxmemory_policy:noeviction',
    '',
  ];
}

const text = (minute = 0, used?: number) => `${lines(minute, used).join('\n')}\n`;

async function read(content: string, options: Parameters<typeof readInfo>[1] = {}) {
  expect(infoDumpSource.accepts(infoInput(content))).toBe(true);
  return readInfo(content, options);
}

describe('INFO as it comes out of chats, wikis and spreadsheets', () => {
  it.each([
    [
      'a Markdown table',
      `| field | value |\n|---|---|\n${lines()
        .filter((line) => line.includes(':'))
        .map((line) => `| ${line.replace(':', ' | ')} |`)
        .join('\n')}\n`,
    ],
    ['two columns with a tab', text().replaceAll(':', '\t')],
    ['two columns of a CSV', text().replaceAll(':', ',')],
    [
      'two quoted columns with semicolons',
      lines()
        .filter((line) => line.includes(':'))
        .map((line) => `"${line.replace(':', '";"')}"`)
        .join('\n'),
    ],
    [
      'drawn bars',
      lines()
        .map((line) => `│ ${line.replace(':', ' │ ')} │`)
        .join('\n'),
    ],
    ['aligned columns', text().replaceAll(':', '              ')],
    ['no-break blanks', text().replaceAll(':', ':\u00a0').replaceAll('# ', '#\u00a0')],
    [
      'characters without width before and behind',
      lines()
        .map((line) => `\u200b${line}\u2060\ufeff`)
        .join('\n'),
    ],
    ['curly quotes', text().replaceAll(/^(\w+):(.*)$/gm, '“$1”: ‘$2’')],
  ])('reads %s', async (_, content) => {
    const { rows } = await read(content);
    expect(rows).toHaveLength(1);
    expect(rows[0]?.number('usedMemoryBytes')).toBe(3_210_000_000);
    expect(rows[0]?.number('usedMemoryRssBytes')).toBe(3_210_001_000);
    expect(rows[0]?.number('uptimeSeconds')).toBe(600);
  });

  it('does not take a sentence or a table with times for such a table', () => {
    expect(infoDumpSource.accepts(infoInput('used_memory is 3 GB\nmaxmemory is 4 GB\n'))).toBe(false);
    expect(infoDumpSource.accepts(infoInput('used_memory,1,1790812800\nmaxmemory,2,1790812800\n'))).toBe(false);
  });

  it('does not take the number of a field that is not kept for a time', async () => {
    const table = lines()
      .filter((line) => line.includes(':'))
      .map((line) => `| ${line.replace(':', ' | ')} |`);
    const { rows, report } = await read([...table, '| total_reads_made | 1790812800 |', '| connected_clients | 5 |'].join('\n'));
    expect(rows).toHaveLength(1);
    expect(rows[0]?.number('connectedClients')).toBe(5);
    expect(report.timeSource).toBe('uptime');
  });

  it('keeps the dumps together when each line begins with the address, also with a user and a password', async () => {
    for (const [prefix, node] of [
      ['10.0.0.7:6379: ', '10.0.0.7:6379'],
      ['redis://bob:s3cret@cache-7.prod:6380/0 ', 'cache-7.prod:6380'],
    ]) {
      const { rows, report } = await read([0, 1].flatMap((minute) => lines(minute).map((line) => prefix + line)).join('\n'));
      expect(rows.map((row) => row.node)).toEqual([node, node]);
      expect(rows.map((row) => row.number('usedMemoryBytes'))).toEqual([3_210_000_000, 3_210_000_000]);
      expect(report.rejectedRows).toBe(0);
    }
  });
});

describe('sizes that are only told for people', () => {
  const rounded = text().replace(/^used_memory(?:_rss)?:.*\n/gm, '');

  it('are read, with a note about their precision', async () => {
    const { rows, report } = await read(`${rounded}used_memory_rss_human:3.05G\n`);
    expect(rows[0]?.number('usedMemoryBytes')).toBe(Math.round(2.99 * 2 ** 30));
    expect(rows[0]?.number('usedMemoryRssBytes')).toBe(Math.round(3.05 * 2 ** 30));
    expect(report.notes.join()).toContain('rounded to about 1 %');
  });

  it('give way to exact ones', async () => {
    const { rows, report } = await read(text());
    expect(rows[0]?.number('usedMemoryBytes')).toBe(3_210_000_000);
    expect(report.notes.join()).not.toContain('rounded');
  });
});

describe('words where a number belongs', () => {
  it('are left out and told once a field, with their line', async () => {
    const { rows, report } = await read(text().replace('used_memory:3210000000', 'used_memory:lo\u0007ts') + text(1));
    expect(rows.map((row) => row.number('usedMemoryBytes'))).toEqual([undefined, 3_210_000_000]);
    expect(report.notes).toContain('used_memory: 1 value left out, as no number stands there (first "lots" in line 9)');
  });
});

describe('times of other countries', () => {
  const times = async (stamp: (minute: number) => string, count = 2) => {
    const content = Array.from({ length: count }, (_, minute) => `${stamp(minute)}\n${text(minute)}`).join('');
    return readInfo(content);
  };

  it.each([
    ['date in Brazil', (minute: number) => `qui 01 out 2026 10:0${minute}:00 -03`, '2026-10-01T13:00:00.000Z'],
    ['date in Germany', (minute: number) => `Do 1. Okt 10:0${minute}:00 CEST 2026`, '2026-10-01T08:00:00.000Z'],
    ['date in France', (minute: number) => `jeu. 01 août 2026 10:0${minute}:00 CEST`, '2026-08-01T08:00:00.000Z'],
    ['points', (minute: number) => `02.10.2026 10:0${minute}:00`, '2026-10-02T10:00:00.000Z'],
    ['a month first that a day proves', (minute: number) => `10/21/2026 10:0${minute}:00 PM`, '2026-10-21T22:00:00.000Z'],
    ['a day first that a day proves', (minute: number) => `21/10/2026 10:0${minute}`, '2026-10-21T10:00:00.000Z'],
  ])('reads %s', async (_, stamp, first) => {
    const { rows, report } = await times(stamp);
    expect(report.timeSource).toBe('stamps');
    expect(rows[0]?.time).toBe(first);
    expect(Date.parse(rows[1]?.time ?? '') - Date.parse(first)).toBe(60_000);
  });

  it('counts the dumps before the first proof back from it', async () => {
    const { rows } = await times((minute) => (minute === 0 ? '12/10/2026 23:59:30' : '13/10/2026 00:00:30'));
    expect(rows.map((row) => row.time)).toEqual(['2026-10-12T23:59:30.000Z', '2026-10-13T00:00:30.000Z']);
  });
});

describe('dumps out of order', () => {
  it('of one process are no restart, where only the uptime tells the time', async () => {
    const { rows } = await readInfo(text(2) + text(1));
    expect(Date.parse(rows[0]?.time ?? '') - Date.parse(rows[1]?.time ?? '')).toBe(60_000);
  });
});

describe('several servers in one input', () => {
  const nodesOf = async (content: string, options: Parameters<typeof readInfo>[1] = {}) =>
    (await readInfo(content, options)).rows.map((row) => row.node);
  const three = (prefix: (host: number) => string) =>
    [1, 2, 3]
      .map((host) =>
        lines()
          .map((line) => `${prefix(host)}${line}`)
          .join('\n'),
      )
      .join('\n');

  it('are told apart by names that differ only in their number', async () => {
    expect(await nodesOf(three((host) => `cache-${host}: `))).toEqual(['cache-1', 'cache-2', 'cache-3']);
    expect(await nodesOf(three((host) => `prod-${host}-2026-10-01T00:00:00.txt:`))).toEqual(['prod-1', 'prod-2', 'prod-3']);
  });

  it('are told apart by the host of a log line', async () => {
    const line = (host: number) =>
      `ts=2026-10-01T00:00:00Z host=prod-${host} used_memory=100000${host} used_memory_rss=1 maxmemory=0 connected_clients=4 evicted_keys=0`;
    expect(await nodesOf([1, 2].map(line).join('\n'))).toEqual(['prod-1', 'prod-2']);
  });

  it('are told apart by pod headings', async () => {
    expect(await nodesOf(`--- pod/redis-0\n${text()}--- pod/redis-1\n${text()}`)).toEqual(['redis-0', 'redis-1']);
  });

  it('are not seen in a field behind two dashes', async () => {
    const dashed = lines()
      .map((line) => `-- ${line}`)
      .join('\n');
    expect(await nodesOf(`${dashed}\n-- client_recent_max_input_buffer:20480\n-- maxclients:10`)).toEqual(['prod-a']);
  });
});

describe('more that stands around INFO', () => {
  it('reads a labelled epoch before each dump', async () => {
    const { rows, report } = await readInfo(`timestamp:1790812800\n${text()}timestamp:1790812860\n${text(1)}`);
    expect(report.timeSource).toBe('stamps');
    expect(rows.map((row) => row.time)).toEqual(['2026-10-01T00:00:00.000Z', '2026-10-01T00:01:00.000Z']);
  });

  it.each([
    [
      'colours',
      lines()
        .map((line) => `\u001b[32m${line}\u001b[0m`)
        .join('\n'),
    ],
    ['a NUL before each line end', text().replaceAll('\n', '\0\n')],
    ['grouped digits', text().replace('3210000000', '3,210,000,000')],
  ])('reads through %s', async (_, content) => {
    const { rows } = await read(content);
    expect(rows[0]?.number('usedMemoryBytes')).toBe(3_210_000_000);
  });
});
