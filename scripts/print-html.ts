// The yardstick of the PDF budget: puppeteer alone printing an HTML file. Arguments: the HTML file, the PDF file.
import { readFileSync, writeFileSync } from 'node:fs';
import { openBrowser } from '../src/render/pdf-browser.ts';

const [html, pdf] = process.argv.slice(2);
const browser = await openBrowser({});
try {
  const page = await browser.newPage();
  await page.setContent(readFileSync(String(html), 'utf8'));
  writeFileSync(String(pdf), await page.pdf({ format: 'A4', printBackground: true }));
} finally {
  await browser.close();
}
