import { readFile } from 'node:fs/promises';
import type { Browser, Page } from 'puppeteer';

/** An A4 sheet at 96 px an inch. */
const SHEET = { width: 794, height: 1123 };

export interface ScreenLook {
  readonly width: number;
  readonly scheme: 'light' | 'dark';
}

/** Opens a report as its reader does. */
async function openReport(browser: Browser, file: string, width: number, height: number, scale: number): Promise<Page> {
  const page = await browser.newPage();
  await page.setViewport({ width, height, deviceScaleFactor: scale });
  const html = await readFile(file, 'utf8');
  // An address of its own, so that nothing on this machine is within reach of the page.
  await page.setRequestInterception(true);
  page.on('request', (request) => {
    const own = request.url() === 'https://report.invalid/';
    const answer = own ? request.respond({ contentType: 'text/html; charset=utf-8', body: html }) : request.continue();
    answer.catch(() => undefined);
  });
  await page.goto('https://report.invalid/', { waitUntil: 'load' });
  return page;
}

/** A picture of the first printed page of a report: its sheet with the margins of the print. */
export async function picturePage(browser: Browser, file: string): Promise<Uint8Array> {
  const page = await openReport(browser, file, SHEET.width, SHEET.height, 1.5);
  try {
    await page.emulateMediaType('print');
    await page.$eval('body', (body) => {
      Object.assign(body.style, { padding: '13mm 16mm', background: '#fff' });
      // What begins on the next sheet.
      for (const part of body.querySelectorAll('main > section:not(.first), footer')) part.remove();
    });
    return await page.screenshot({ clip: { x: 0, y: 0, ...SHEET } });
  } finally {
    await page.close();
  }
}

/** A picture of the whole page, from its first line to its last. */
export async function pictureScreen(browser: Browser, file: string, { width, scheme }: ScreenLook): Promise<Uint8Array> {
  const page = await openReport(browser, file, width, 1000, 1);
  try {
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
    return await page.screenshot({ fullPage: true });
  } finally {
    await page.close();
  }
}
