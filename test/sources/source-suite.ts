import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/model/errors.ts';
import { type Delivery, type InputReport, type SampleBatch, startInputReport } from '../../src/model/sample-batch.ts';
import type { Input, ReadOptions, Source } from '../../src/sources/source.ts';

const HEAD_CHARACTERS = 256 * 1024;

/** An input that lies in memory, in pieces of `pieceBytes`. */
export function memoryInput(text: string | Uint8Array, name = 'memory.csv', pieceBytes = 64 * 1024): Input {
  const bytes = typeof text === 'string' ? Buffer.from(text) : Buffer.from(text);
  const decoded = bytes.toString('utf8');
  return {
    name,
    path: undefined,
    head: decoded.slice(0, HEAD_CHARACTERS),
    complete: decoded.length <= HEAD_CHARACTERS,
    async *open() {
      for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
    },
  };
}

/** Everything that a source gives for an input, and its report. */
export async function readAll(
  source: Source,
  input: Input,
  options: ReadOptions = {},
): Promise<{ deliveries: Delivery[]; report: InputReport }> {
  const report = startInputReport(input.name, source.id);
  const deliveries: Delivery[] = [];
  for await (const delivery of source.read(input, options, report)) deliveries.push(delivery);
  return { deliveries, report };
}

/** The samples of an input as plain objects, in the order read; absent numbers are left out. */
export async function readSamples(source: Source, input: Input, options: ReadOptions = {}) {
  const { deliveries, report } = await readAll(source, input, options);
  const samples = deliveries.flatMap((delivery) => (delivery.kind === 'batch' ? batchSamples(delivery) : []));
  return { samples, report };
}

/** The samples of one batch as plain objects. */
export function batchSamples(batch: SampleBatch) {
  return Array.from({ length: batch.count }, (_, i) => ({
    node: batch.nodeIds[i],
    at: new Date(batch.at[i] ?? Number.NaN).toISOString(),
    numbers: Object.fromEntries(
      [...batch.numbers].map(([id, column]) => [id, column[i]] as const).filter(([, value]) => !Number.isNaN(value)),
    ),
    texts: Object.fromEntries([...batch.texts].map(([id, column]) => [id, column[i]] as const).filter(([, value]) => value !== undefined)),
  }));
}

function expectSound(delivery: Delivery): void {
  if (delivery.kind !== 'batch') return;
  expect(delivery.count).toBeGreaterThan(0);
  expect(delivery.nodeIds).toHaveLength(delivery.count);
  expect(delivery.at).toHaveLength(delivery.count);
  expect(delivery.at.every((at) => Number.isFinite(at))).toBe(true);
  for (const [id, column] of delivery.numbers) {
    expect(column, id).toHaveLength(delivery.count);
    expect(
      column.every((value) => Number.isNaN(value) || Number.isFinite(value)),
      id,
    ).toBe(true);
  }
  for (const [id, column] of delivery.texts) expect(column, id).toHaveLength(delivery.count);
}

/**
 * What every source promises, whatever it is given: sound samples or an InputError, never another error.
 * @param examples - name → text that the source reads without rejecting anything
 */
export function describeSource(source: Source, examples: Readonly<Record<string, string>>, options: ReadOptions = {}): void {
  describe(`source ${source.id}`, () => {
    const readOrRefuse = async (bytes: Uint8Array) => {
      try {
        const { deliveries, report } = await readAll(source, memoryInput(bytes), options);
        for (const delivery of deliveries) expectSound(delivery);
        expect(report.rejections.length).toBeLessThanOrEqual(20);
      } catch (error) {
        expect(error).toBeInstanceOf(InputError);
      }
    };

    for (const [name, text] of Object.entries(examples)) {
      it(`accepts and reads ${name}`, async () => {
        expect(source.accepts(memoryInput(text))).toBe(true);
        const { deliveries, report } = await readAll(source, memoryInput(text), options);
        expect(deliveries.length).toBeGreaterThan(0);
        for (const delivery of deliveries) expectSound(delivery);
        expect(report.rejectedRows).toBe(0);
        expect(report.samples).toBeGreaterThan(0);
      });

      it(`reads the same from ${name} however the bytes arrive in pieces`, async () => {
        const whole = await readSamples(source, memoryInput(text), options);
        for (const pieceBytes of [1, 7, 64]) {
          const pieces = await readSamples(source, memoryInput(text, 'memory.csv', pieceBytes), options);
          expect(pieces.samples).toEqual(whole.samples);
        }
      });

      it(`survives ${name} with bytes cut out, doubled or changed`, async () => {
        const bytes = Buffer.from(text);
        const damage = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 0, max: 40 }), fc.uint8Array({ maxLength: 4 })), {
          minLength: 1,
          maxLength: 8,
        });
        await fc.assert(
          fc.asyncProperty(damage, async (cuts) => {
            let damaged = bytes;
            for (const [at, length, insert] of cuts)
              damaged = Buffer.concat([damaged.subarray(0, at), insert, damaged.subarray(at + length)]);
            await readOrRefuse(damaged);
          }),
          { numRuns: 60 },
        );
      });

      it(`survives ${name} with lines left out`, async () => {
        const lines = text.split(/(?<=\n)/);
        await fc.assert(
          fc.asyncProperty(fc.subarray(lines), async (kept) => {
            await readOrRefuse(Buffer.from(kept.join('')));
          }),
          { numRuns: 40 },
        );
      });
    }

    it('survives any text', async () => {
      await fc.assert(
        fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 300 }), async (text) => {
          expect(typeof source.accepts(memoryInput(text))).toBe('boolean');
          await readOrRefuse(Buffer.from(text));
        }),
        { numRuns: 100 },
      );
    });

    it('refuses nothing at all', async () => {
      await expect(readAll(source, memoryInput(''), options)).rejects.toThrow(InputError);
    });

    it('stops when it is told to', async () => {
      const [text] = Object.values(examples);
      const stop = AbortSignal.abort(new Error('enough'));
      const reading = async () => {
        for await (const _ of source.read(memoryInput(text ?? ''), options, startInputReport('x', source.id), stop));
      };
      await expect(reading()).rejects.toThrow('enough');
    });
  });
}
