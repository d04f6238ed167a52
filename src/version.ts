import { readFileSync } from 'node:fs';

/** Version of this package. package.json lies one folder up, both from src/ and from dist/. */
export function toolVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
