import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Browser } from 'puppeteer';
import { ConfigError } from '../model/errors.ts';
import { unpackBundledChromium } from './pdf-bundled-chromium.ts';

export interface BrowserOptions {
  /** Path of a Chrome, Chromium or Edge to try first. Default: the environment's PUPPETEER_EXECUTABLE_PATH. */
  readonly browserPath?: string;
  /** Told about each browser that was passed over, and why. */
  readonly onMessage?: (message: string) => void;
}

interface Candidate {
  readonly executablePath: string;
  readonly env?: Readonly<Record<string, string>>;
}

const START_TIMEOUT_MS = 30_000;

// No network of its own, no extension, no first-run page; the same glyph positions on every machine.
const SWITCHES = [
  '--disable-gpu',
  '--disable-extensions',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-domain-reliability',
  '--no-default-browser-check',
  '--no-pings',
  '--host-resolver-rules=MAP * ~NOTFOUND',
  '--font-render-hinting=none',
  '--force-color-profile=srgb',
];

/**
 * Starts the first browser that runs: the one named, puppeteer's own, an installed one, the one in `@sparticuz/chromium`.
 * The caller closes it.
 * @throws ConfigError when none starts
 */
export async function openBrowser(options: BrowserOptions = {}): Promise<Browser> {
  const { default: puppeteer } = await import('puppeteer');
  const problems: string[] = [];
  const tried = new Set<string>();
  for (const find of finders(options, async () => puppeteer.executablePath())) {
    try {
      for (const candidate of await find()) {
        if (tried.has(candidate.executablePath)) continue;
        tried.add(candidate.executablePath);
        try {
          return await puppeteer.launch({
            executablePath: candidate.executablePath,
            headless: true,
            // A pipe instead of a port: no other process of the machine can steer this browser.
            pipe: true,
            args: isRoot() ? [...SWITCHES, '--no-sandbox'] : SWITCHES,
            env: { ...process.env, ...candidate.env },
            timeout: START_TIMEOUT_MS,
            protocolTimeout: START_TIMEOUT_MS * 4,
          });
        } catch (error) {
          note(`${candidate.executablePath} did not start: ${firstLine(error)}`);
        }
      }
    } catch (error) {
      note(firstLine(error));
    }
  }
  throw new ConfigError(
    '--browser',
    [...tried].join(', '),
    `a Chrome, Chromium or Edge that starts (${problems.join('; ') || 'none was found'}), or another --format`,
  );

  function note(problem: string): void {
    problems.push(problem);
    options.onMessage?.(`PDF: ${problem}`);
  }
}

// The kernel refuses Chrome's sandbox to root; for everyone else it stays on.
function isRoot(): boolean {
  return process.getuid?.() === 0;
}

function finders(options: BrowserOptions, ownPath: () => Promise<string>): readonly (() => Promise<readonly Candidate[]>)[] {
  const named = options.browserPath ?? process.env.PUPPETEER_EXECUTABLE_PATH;
  return [
    async () => (named === undefined || named === '' ? [] : [{ executablePath: named }]),
    async () => findOwn(ownPath),
    async () => findInstalled().map((executablePath) => ({ executablePath })),
    async () => {
      const bundled = await unpackBundledChromium();
      return bundled === undefined ? [] : [bundled];
    },
  ];
}

async function findOwn(ownPath: () => Promise<string>): Promise<readonly Candidate[]> {
  try {
    const executablePath = await ownPath();
    return existsSync(executablePath) ? [{ executablePath }] : [];
  } catch {
    // puppeteer throws where it has downloaded no browser; that is the usual case and no news.
    return [];
  }
}

const NAMES = [
  'google-chrome-stable',
  'google-chrome',
  'chromium',
  'chromium-browser',
  'chrome',
  'microsoft-edge-stable',
  'microsoft-edge',
];

function findInstalled(): readonly string[] {
  const onPath = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const places = NAMES.flatMap((name) => onPath.map((folder) => join(folder, name)));
  return [...places, ...usualPlaces()].filter((path) => existsSync(path));
}

function usualPlaces(): readonly string[] {
  if (process.platform === 'darwin') {
    return ['Google Chrome', 'Chromium', 'Microsoft Edge'].map((name) => `/Applications/${name}.app/Contents/MacOS/${name}`);
  }
  if (process.platform === 'win32') {
    const roots = [process.env.PROGRAMFILES, process.env['PROGRAMFILES(X86)'], process.env.LOCALAPPDATA].filter(
      (root) => root !== undefined,
    );
    return roots.flatMap((root) => [
      join(root, 'Google/Chrome/Application/chrome.exe'),
      join(root, 'Microsoft/Edge/Application/msedge.exe'),
    ]);
  }
  return ['/opt/google/chrome/chrome', '/opt/microsoft/msedge/msedge', '/snap/bin/chromium'];
}

function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const lines = message.split('\n').map((line) => line.trim());
  // The browser's own complaint says more than puppeteer's "Failed to launch".
  const cause = lines.find((line) => /error while loading|not permitted|sandbox|ENOENT|EACCES|cannot execute/i.test(line));
  return (cause ?? lines.find((line) => line !== '') ?? 'unknown reason').slice(0, 240);
}
