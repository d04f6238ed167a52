import { ConfigError } from '../model/errors.ts';
import type { Report } from '../report/blocks.ts';
import { renderHtml } from './html.ts';
import { renderJira } from './jira.ts';
import { renderMarkdown } from './markdown.ts';
import { type PdfOptions, renderPdf } from './pdf.ts';

/** Everything any renderer can be told; each takes what concerns it. */
export type RenderOptions = PdfOptions;

/** One output format. Renderers return text or bytes and write nothing. */
export interface Renderer {
  readonly id: 'html' | 'pdf' | 'md' | 'jira';
  /** File name extension, without the dot. */
  readonly extension: string;
  render(report: Report, options?: RenderOptions): Promise<string | Uint8Array>;
}

/** The formats that tell a Report. (The JSON output is the Analysis itself and tells nothing.) */
export const RENDERERS: readonly Renderer[] = [
  { id: 'html', extension: 'html', render: renderHtml },
  { id: 'pdf', extension: 'pdf', render: renderPdf },
  { id: 'md', extension: 'md', render: renderMarkdown },
  { id: 'jira', extension: 'jira.txt', render: renderJira },
];

/**
 * The report in one format.
 * @throws ConfigError when a PDF is asked for and no browser starts
 */
export async function render(report: Report, format: 'html' | 'md' | 'jira', options?: RenderOptions): Promise<string>;
export async function render(report: Report, format: Renderer['id'], options?: RenderOptions): Promise<string | Uint8Array>;
export async function render(report: Report, format: Renderer['id'], options: RenderOptions = {}): Promise<string | Uint8Array> {
  const renderer = RENDERERS.find((each) => each.id === format);
  if (renderer === undefined) throw new ConfigError('--format', format, `one of ${RENDERERS.map((each) => each.id).join(', ')}`);
  return renderer.render(report, options);
}

export { type HtmlOptions, renderHtml } from './html.ts';
export { renderJira } from './jira.ts';
export { renderMarkdown } from './markdown.ts';
export { type PdfOptions, renderPdf } from './pdf.ts';
