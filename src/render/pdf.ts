import type { Report } from '../report/blocks.ts';
import { type HtmlOptions, renderHtml } from './html.ts';
import { type BrowserOptions, openBrowser } from './pdf-browser.ts';
import { compactPdf } from './pdf-compact.ts';
import { stabilizePdf } from './pdf-stable.ts';

export interface PdfOptions extends HtmlOptions, BrowserOptions {}

/** The page's address while it is printed: a name that cannot exist, answered by us. */
const ADDRESS = 'https://report.invalid/';
const PRINT_TIMEOUT_MS = 60_000;

/**
 * The report as PDF: the very page that `renderHtml` gives, printed by a browser without JavaScript, network or files.
 * Tagged, with outline, title and language.
 * @throws ConfigError when no browser starts
 */
export async function renderPdf(report: Report, options: PdfOptions = {}): Promise<Uint8Array> {
  const html = await renderHtml(report, options);
  return printHtml(html, options.generatedAt ?? report.generatedAt ?? 0, options);
}

/** Prints one page that needs nothing from outside. */
async function printHtml(html: string, generatedAt: number, options: BrowserOptions): Promise<Uint8Array> {
  const browser = await openBrowser(options);
  try {
    const page = await browser.newPage();
    await page.setJavaScriptEnabled(false);
    await page.setRequestInterception(true);
    // The page itself and what it carries in it; every other request fails, whatever its scheme.
    page.on('request', (request) => {
      const answer =
        request.url() === ADDRESS
          ? request.respond({ contentType: 'text/html; charset=utf-8', body: html })
          : isInline(request.url())
            ? request.continue()
            : request.abort();
      // A request may be gone with its page; that is not our failure.
      answer.catch(() => undefined);
    });
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: 'light' }]);
    await page.goto(ADDRESS, { waitUntil: 'load', timeout: PRINT_TIMEOUT_MS });
    const pdf = await page.pdf({ preferCSSPageSize: true, printBackground: true, tagged: true, outline: true, timeout: PRINT_TIMEOUT_MS });
    return compactPdf(stabilizePdf(pdf, generatedAt));
  } finally {
    await browser.close();
  }
}

function isInline(url: string): boolean {
  return url.startsWith('data:');
}
