import { readFileSync } from 'node:fs';
import type { MetricId, TextFieldId } from '../../../src/model/metrics.ts';
import { type InputReport, type SampleBatch, startInputReport } from '../../../src/model/sample-batch.ts';
import { infoDumpSource } from '../../../src/sources/info-dump/index.ts';
import type { Input, ReadOptions } from '../../../src/sources/source.ts';

/** One row of a batch, as the tests look at it. */
export interface Row {
  readonly node: string;
  readonly time: string;
  readonly number: (id: MetricId) => number | undefined;
  readonly text: (id: TextFieldId) => string | undefined;
}

/** An input that holds `content`, given in pieces of `pieceSize` bytes. */
export function infoInput(content: string | Uint8Array, name = 'prod-a.txt', pieceSize = 65_536): Input {
  const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
  return {
    name,
    path: name === '-' ? undefined : name,
    head: Buffer.from(bytes.subarray(0, 262_144)).toString('utf8'),
    complete: bytes.length <= 262_144,
    open: async function* () {
      for (let from = 0; from < bytes.length; from += pieceSize) yield bytes.subarray(from, from + pieceSize);
    },
  };
}

/** Everything that the source reads from `content`. */
export async function readInfo(
  content: string | Uint8Array,
  options: ReadOptions & { readonly name?: string; readonly pieceSize?: number } = {},
): Promise<{ readonly rows: Row[]; readonly report: InputReport; readonly batches: SampleBatch[] }> {
  const input = infoInput(content, options.name, options.pieceSize);
  const report = startInputReport(input.name, 'info-dump');
  const batches: SampleBatch[] = [];
  for await (const delivery of infoDumpSource.read(input, options, report)) {
    if (delivery.kind === 'batch') batches.push(delivery);
  }
  return { rows: batches.flatMap(rowsOf), report, batches };
}

function rowsOf(batch: SampleBatch): Row[] {
  return batch.nodeIds.map((node, row) => ({
    node,
    time: new Date(batch.at[row] ?? Number.NaN).toISOString(),
    number: (id) => {
      const value = batch.numbers.get(id)?.[row];
      return value === undefined || Number.isNaN(value) ? undefined : value;
    },
    text: (id) => batch.texts.get(id)?.[row],
  }));
}

/** A text of test/fixtures/info/. */
export function infoFixture(name: string): string {
  return readFileSync(new URL(`../../fixtures/info/${name}`, import.meta.url), 'utf8');
}
