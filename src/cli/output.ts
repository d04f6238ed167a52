import { join } from 'node:path';
import { buildReport, render, renderFigures } from '../index.ts';
import type { Analysis } from '../model/analysis.ts';
import { ConfigError } from '../model/errors.ts';
import { analysisJson } from '../render/analysis-json.ts';
import type { Report } from '../report/blocks.ts';
import type { Messages } from './messages.ts';
import { analysisOf, NODES_FOLDER, type NodePages, nodeFileNames, nodePagesOf } from './node-pages.ts';
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
type ReportFormat = Exclude<OutputFormat, 'json' | 'csv' | 'xlsx'>;
const ENDINGS = { html: 'html', pdf: 'pdf', md: 'md', jira: 'jira.txt' } as const satisfies Record<ReportFormat, string>;
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
  /** How the nodes of a fleet are told; absent: by their number. */
  readonly nodePages?: NodePages;
}

/**
 * Renders the formats asked for and writes each whole, or prints one text format to stdout.
 * @returns paths written, none when printed; the nodes' own reports are told as their folder
 * @throws ConfigError when stdout cannot take what was asked for, or a place cannot be written
 */
export async function writeOutputs(analysis: Analysis, options: OutputOptions, messages: Messages): Promise<string[]> {
  const { out, formats } = options;
  const printable = OUTPUT_FORMATS.filter((format) => !BINARY_FORMATS.includes(format));
  if (out === '-' && !(formats.length === 1 && printable.includes(formats[0] as OutputFormat))) {
    throw new ConfigError('--format', formats.join(','), `exactly one of ${printable.join(', ')} when --out is -`);
  }
  if (out === '-' && options.nodePages === 'files') throw new ConfigError('--node-pages', 'files', 'inline or none when --out is -');
  const names = nodeFileNames(analysis.nodes.map(({ id }) => id));
  const written: string[] = [];
  for (const format of formats) {
    messages.step(`Writing ${FILE_NAMES[format]}`);
    if (format === 'json') await put(format, analysisJson(analysis));
    else if (format === 'csv' || format === 'xlsx') await put(format, await renderFigures(analysis, format));
    else await putReport(format);
  }
  messages.done();
  return written;

  async function putReport(format: ReportFormat): Promise<void> {
    // Only a folder takes files beside the report.
    const nodePages = nodePagesOf(format, analysis.nodes.length, options.nodePages ?? (out === '-' ? 'inline' : undefined));
    // Only a page can lead to the pages beside it: a PDF is sent alone, and Markdown is pasted.
    const nodeAddress = nodePages === 'files' && format === 'html' ? (id: string) => `${NODES_FOLDER}/${names.get(id)}.html` : undefined;
    const whole = buildReport(analysis, { language: options.language, nodePages: nodePages === 'inline' ? 'inline' : 'none', nodeAddress });
    await put(format, await draw(whole, format));
    if (nodePages !== 'files') return;
    let count = 0;
    for (const [id, name] of names) {
      count += 1;
      messages.step(`Writing ${NODES_FOLDER}/${name}.${ENDINGS[format]} (${count} of ${names.size})`);
      const report = buildReport(analysisOf(analysis, id), { language: options.language });
      await writeWhole(join(out, NODES_FOLDER, `${name}.${ENDINGS[format]}`), await draw(report, format));
    }
    written.push(`${join(out, NODES_FOLDER, `*.${ENDINGS[format]}`)} (${names.size} files)`);
  }

  function draw(report: Report, format: ReportFormat): Promise<string | Uint8Array> {
    return render(report, format, {
      paper: options.paper,
      browserPath: options.browserPath,
      logo: options.logo,
      templateFolder: options.templateFolder,
      generatedAt: analysis.generatedAt,
      onMessage: messages.note,
    });
  }

  async function put(format: OutputFormat, content: string | Uint8Array | Iterable<string>): Promise<void> {
    if (out === '-') {
      for (const piece of typeof content === 'string' || content instanceof Uint8Array ? [content] : content) process.stdout.write(piece);
      return;
    }
    const path = join(out, FILE_NAMES[format]);
    await writeWhole(path, content);
    written.push(path);
  }
}
