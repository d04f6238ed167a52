import { ConfigError, InputError } from '../model/errors.ts';
import { type Delivery, type InputReport, noteNodes, startInputReport } from '../model/sample-batch.ts';
import { csvSource } from './csv/index.ts';
import { infoDumpSource } from './info-dump/index.ts';
import { findKnownText } from './known-texts.ts';
import type { Input, ReadOptions, Source } from './source.ts';

/** Every source that reads files, the more particular first. */
export const SOURCES: readonly Source[] = [infoDumpSource, csvSource];

/** Reading options, and the kind that `--input-kind` forces on every input. */
export interface ReadInputsOptions extends ReadOptions {
  readonly inputKind?: string;
}

/**
 * The source that reads an input.
 * @param forcedKind - id of a source, from `--input-kind`
 * @returns undefined when no source knows the input
 * @throws ConfigError when `forcedKind` is no source
 */
export function recognise(input: Input, forcedKind?: string): Source | undefined {
  if (forcedKind === undefined) {
    const source = SOURCES.find((candidate) => candidate.accepts(input));
    // JSON over many lines, a log or a page can look like a table; INFO inside of them is found all the same.
    return source === csvSource && findKnownText(input.head) !== undefined ? undefined : source;
  }
  const forced = SOURCES.find(({ id }) => id === forcedKind);
  if (!forced) throw new ConfigError('--input-kind', forcedKind, `one of ${SOURCES.map(({ id }) => id).join(', ')}`);
  return forced;
}

/**
 * Reads inputs one after the other.
 * @param reports - gets the report of each input when its reading starts; complete when the iteration ends
 * @throws InputError when no input could be used. One that is useless among others is told by `unusable` in its report.
 */
export async function* readInputs(
  inputs: AsyncIterable<Input> | Iterable<Input>,
  options: ReadInputsOptions,
  reports: InputReport[],
  signal?: AbortSignal,
): AsyncGenerator<{ readonly delivery: Delivery; readonly report: InputReport }> {
  const failures: InputError[] = [];
  let used = 0;
  for await (const input of inputs) {
    signal?.throwIfAborted();
    const source = input.problem ? undefined : recognise(input, options.inputKind);
    const report = startInputReport(input.name, source?.id ?? 'unrecognised');
    reports.push(report);
    let deliveries = 0;
    try {
      if (input.problem) throw input.problem;
      if (!source) throw new InputError(input.name, unrecognised(input));
      for await (const delivery of source.read(input, options, report, signal)) {
        deliveries += 1;
        if (delivery.kind === 'batch') noteNodes(report, delivery.nodeIds);
        yield { delivery, report };
      }
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      if (deliveries > 0) report.notes.push(`reading stopped early: ${error.message}`);
      else {
        failures.push(error);
        // The nodes of a cluster say how those of the other inputs belong together.
        if (report.clusterNodes === undefined) report.unusable = error.message;
      }
    }
    if (deliveries > 0) used += 1;
  }
  if (used > 0) return;
  const [first] = failures;
  if (!first) throw new InputError('input', 'nothing was given to read.');
  if (failures.length === 1) throw first;
  throw new InputError(first.input, `none of ${failures.length} inputs can be used; the first: ${first.message}`);
}

function unrecognised(input: Input): string {
  if (input.head.trim() === '') return 'is empty.';
  const known = findKnownText(input.head);
  if (known !== undefined) return known;
  return 'is neither INFO output nor a table. Expected lines such as "used_memory:1048576", or CSV with one row a sample; --input-kind forces one.';
}
