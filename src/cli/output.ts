import { join } from 'node:path';
import { buildReport, render } from '../index.ts';
import type { Analysis } from '../model/analysis.ts';
import { ConfigError } from '../model/errors.ts';
import type { Messages } from './messages.ts';
import { writeWhole } from './write-output.ts';

/** Formats that `--format` takes, with the name of the file each makes. */
export const OUTPUT_FORMATS = ['html', 'pdf', 'json', 'md'] as const;
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];
const FILE_NAMES = { html: 'report.html', pdf: 'report.pdf', json: 'analysis.json', md: 'report.md' } as const satisfies Record<
  OutputFormat,
  string
>;

export interface OutputOptions {
  /** Folder, or `-` for stdout. */
  readonly out: string;
  readonly formats: readonly OutputFormat[];
  readonly language: string;
  readonly paper: 'a4' | 'letter';
  readonly browserPath?: string;
}

/**
 * Renders the formats asked for and writes each whole, or prints one text format to stdout.
 * @returns paths written, none when printed
 * @throws ConfigError when stdout cannot take what was asked for, or a place cannot be written
 */
export async function writeOutputs(analysis: Analysis, options: OutputOptions, messages: Messages): Promise<string[]> {
  const { out, formats } = options;
  if (out === '-' && (formats.length !== 1 || formats[0] === 'pdf')) {
    throw new ConfigError('--format', formats.join(','), 'exactly one of html, json, md when --out is -');
  }
  const report = formats.some((format) => format !== 'json') ? buildReport(analysis, { language: options.language }) : undefined;
  const written: string[] = [];
  for (const format of formats) {
    messages.step(`Writing ${FILE_NAMES[format]}`);
    let content: string | Uint8Array;
    if (report === undefined || format === 'json') content = `${JSON.stringify(analysis, null, 1)}\n`;
    else {
      content = await render(report, format, {
        paper: options.paper,
        browserPath: options.browserPath,
        generatedAt: analysis.generatedAt,
        onMessage: messages.note,
      });
    }
    if (out === '-') process.stdout.write(content);
    else {
      const path = join(out, FILE_NAMES[format]);
      await writeWhole(path, content);
      written.push(path);
    }
  }
  messages.done();
  return written;
}
