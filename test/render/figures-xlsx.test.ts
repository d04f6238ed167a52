import { join } from 'node:path';
import { strFromU8, unzipSync } from 'fflate';
import readWorkbook from 'read-excel-file/node';
import { beforeAll, describe, expect, it } from 'vitest';
import { analyze, ingest } from '../../src/index.ts';
import type { Analysis } from '../../src/model/analysis.ts';
import { MiB } from '../../src/model/bytes.ts';
import { renderXlsx } from '../../src/render/figures-xlsx.ts';
import { FIGURE_COLUMNS } from '../../src/report/figure-columns.ts';
import { HOSTILE } from '../helpers/hostile.ts';

const SAMPLES = join(import.meta.dirname, '..', '..', 'samples');

let analysis: Analysis;
beforeAll(async () => {
  const ingested = await ingest([join(SAMPLES, 'steady-growth.csv'), join(SAMPLES, 'cache-at-maxmemory.csv')]);
  analysis = await analyze(ingested, { systemMemoryBytes: 576 * MiB, providers: ['aws'], generatedAt: Date.UTC(2026, 10, 1, 6, 30) });
});

type Row = readonly (string | number | boolean | Date | null)[];

/** The one sheet of the workbook, as another library reads it. */
async function read(workbook: Uint8Array): Promise<{ name: string; rows: readonly Row[] }> {
  const sheets = await readWorkbook(Buffer.from(workbook));
  expect(sheets).toHaveLength(1);
  const [{ sheet, data }] = sheets as unknown as [{ sheet: string; data: Row[] }];
  return { name: sheet, rows: data };
}

describe('renderXlsx', () => {
  it('holds a row a node with every figure of the Analysis, in its type', async () => {
    const { name, rows } = await read(await renderXlsx(analysis));
    const [head, ...body] = rows;
    expect(name).toBe('Figures');
    expect(head).toEqual(FIGURE_COLUMNS.map((column) => column.name));
    expect(body).toHaveLength(2);
    analysis.nodes.forEach((node, i) => {
      FIGURE_COLUMNS.forEach((column, j) => {
        const figure = column.read(node, analysis);
        const cell = body[i]?.[j] ?? undefined;
        const found = cell instanceof Date ? Math.round(cell.getTime() / 1000) : typeof cell === 'number' ? cell.toPrecision(12) : cell;
        const expected =
          column.type === 'instant' && figure !== undefined
            ? Math.round(Number(figure) / 1000)
            : typeof figure === 'number'
              ? figure.toPrecision(12)
              : figure;
        expect([column.name, found]).toEqual([column.name, expected]);
      });
    });
  });

  it('is the same bytes each time, in every time zone', async () => {
    const zone = process.env.TZ;
    try {
      process.env.TZ = 'America/Sao_Paulo';
      const west = await renderXlsx(analysis);
      process.env.TZ = 'Asia/Tokyo';
      const east = await renderXlsx(analysis);
      expect(Buffer.from(west).equals(Buffer.from(east))).toBe(true);
    } finally {
      if (zone === undefined) delete process.env.TZ;
      else process.env.TZ = zone;
    }
  });

  it.each(HOSTILE.map((hostile) => [hostile.slice(0, 40), hostile] as const))(
    'computes nothing, links nothing and stays whole with %j as a name',
    async (_, hostile) => {
      const [node] = analysis.nodes as [Analysis['nodes'][number]];
      const soiled = { ...analysis, nodes: [{ ...node, id: hostile, engine: { name: hostile, version: `=1+1${hostile}` } }] };
      const workbook = await renderXlsx(soiled);
      const { rows } = await read(workbook);
      expect(rows).toHaveLength(2);
      const parts = Object.entries(unzipSync(workbook)).map(([part, bytes]) => [part, strFromU8(bytes)] as const);
      for (const [part, xml] of parts) {
        expect([part, /<f[ >]|<hyperlink|externalLink/.test(xml)]).toEqual([part, false]);
        // What XML 1.0 has no place for would make the whole workbook unreadable.
        expect([part, /[^\t\n\r\P{Cc}]|[\ufffe\uffff]/u.test(xml)]).toEqual([part, false]);
      }
    },
  );
});
