import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Browser, MediaFeature, Page } from 'puppeteer';

const ADDRESS = 'https://report.invalid/';

export interface ShowOptions {
  readonly width?: number;
  readonly height?: number;
  readonly scheme?: 'light' | 'dark';
  /** Whether the page's own script runs. */
  readonly scripts?: boolean;
  readonly media?: readonly MediaFeature[];
  readonly touch?: boolean;
  /** Part of the address after #. */
  readonly hash?: string;
}

export interface ShownPage {
  readonly page: Page;
  /** What the browser had to say: messages, errors, refusals of the policy, and requests that left the page. */
  readonly complaints: readonly string[];
}

/** The page as a reader meets it, served from a name that does not exist, with everything outside refused. */
export async function showPage(browser: Browser, html: string, options: ShowOptions = {}): Promise<ShownPage> {
  const { width = 1280, height = 900, scheme = 'light', scripts = true, media = [], touch = false, hash = '' } = options;
  const page = await browser.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.setRequestInterception(true);
  page.on('request', (request) => {
    if (request.url().split('#')[0] === ADDRESS) return void request.respond({ contentType: 'text/html; charset=utf-8', body: html });
    if (!request.url().startsWith('data:')) complaints.push(request.url());
    return void request.continue();
  });
  await page.setViewport({ width, height, hasTouch: touch });
  await page.setJavaScriptEnabled(scripts);
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }, ...media]);
  await page.goto(`${ADDRESS}${hash === '' ? '' : `#${hash}`}`);
  return { page, complaints };
}

/** The page without its policy: for a checker that is a script of the test's own. */
export function withoutPolicy(html: string): string {
  return html.replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, '');
}

let axe: string | undefined;

/** Widths and themes in which pages are read. */
export const LOOKS = [
  [1280, 'light'],
  [390, 'dark'],
  [320, 'light'],
] as const;

/** What axe-core finds against WCAG 2.2 AA and its own best practices, one line a rule. */
export async function findViolations(page: Page): Promise<readonly string[]> {
  axe ??= await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: {
        run(options: object): Promise<{ violations: { id: string; impact: string; nodes: { html: string; failureSummary: string }[] }[] }>;
      };
    };
    const results = await axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] });
    return results.violations.map(
      ({ impact, id, nodes }) => `${impact} ${id}: ${nodes[0]?.html.slice(0, 200)} ${nodes[0]?.failureSummary.slice(0, 200)}`,
    );
  });
}

/** A computed property of everything that a selector finds. */
export function stylesOf(page: Page, selector: string, property: string): Promise<string[]> {
  return page.evaluate(
    `[...document.querySelectorAll(${JSON.stringify(selector)})].map((element) => getComputedStyle(element)[${JSON.stringify(property)}])`,
  ) as Promise<string[]>;
}

/** How many of what a selector finds take any room on the page. */
export function countShown(page: Page, selector: string): Promise<number> {
  return page.$$eval(
    selector,
    (all) => all.filter((each) => (each as unknown as { getClientRects(): unknown[] }).getClientRects().length > 0).length,
  );
}
