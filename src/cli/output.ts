import { join } from 'node:path';
import { buildReport, render, renderFigures } from '../index.ts';
import type { Analysis } from '../model/analysis.ts';
import { ConfigError } from '../model/errors.ts';
import type { Report } from '../report/blocks.ts';
import type { Messages } from './messages.ts';
import { writeWhole } from './write-output.ts';

/** Formats that `--format` takes, with the name of the file each makes. */
export const OUTPUT_FORMATS = ['html', 'pdf', 'json', 'md', 'jira', 'csv', 'xlsx'] as const;
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];
const FILE_NAMES = {
  html: 'report.html',
  pdf: 'report.pdf',
  json: 'analysis.json',
  md: 'report.md',
  jira: 'report.jira.txt',
  csv: 'figures.csv',
  xlsx: 'figures.xlsx',
} as const satisfies Record<OutputFormat, string>;
const BINARY_FORMATS: readonly OutputFormat[] = ['pdf', 'xlsx'];

export interface OutputOptions {
  /** Folder, or `-` for stdout. */
  readonly out: string;
  readonly formats: readonly OutputFormat[];
  readonly language: string;
  readonly paper: 'a4' | 'letter';
  readonly browserPath?: string;
  /** Picture for the head of the page, as a data URL. */
  readonly logo?: string;
  /** Folder with templates of the user's own. */
  readonly templateFolder?: string;
}

/**
 * Renders the formats asked for and writes each whole, or prints one text format to stdout.
 * @returns paths written, none when printed
 * @throws ConfigError when stdout cannot take what was asked for, or a place cannot be written
 */
export async function writeOutputs(analysis: Analysis, options: OutputOptions, messages: Messages): Promise<string[]> {
  const { out, formats } = options;
  const printable = OUTPUT_FORMATS.filter((format) => !BINARY_FORMATS.includes(format));
  if (out === '-' && !(formats.length === 1 && printable.includes(formats[0] as OutputFormat))) {
    throw new ConfigError('--format', formats.join(','), `exactly one of ${printable.join(', ')} when --out is -`);
  }
  // Built once, and only where a format tells it.
  let report: Report | undefined;
  const written: string[] = [];
  for (const format of formats) {
    messages.step(`Writing ${FILE_NAMES[format]}`);
    const content = await make(format);
    if (out === '-') process.stdout.write(content);
    else {
      const path = join(out, FILE_NAMES[format]);
      await writeWhole(path, content);
      written.push(path);
    }
  }
  messages.done();
  return written;

  async function make(format: OutputFormat): Promise<string | Uint8Array> {
    switch (format) {
      case 'json':
        return `${JSON.stringify(analysis, null, 1)}\n`;
      case 'csv':
      case 'xlsx':
        return renderFigures(analysis, format);
      default:
        report ??= buildReport(analysis, { language: options.language });
        return render(report, format, {
          paper: options.paper,
          browserPath: options.browserPath,
          logo: options.logo,
          templateFolder: options.templateFolder,
          generatedAt: analysis.generatedAt,
          onMessage: messages.note,
        });
    }
  }
}
