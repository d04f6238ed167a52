import type { Report } from '../../src/report/blocks.ts';

/** What a hostile server or file might put into any name. */
export const HOSTILE = [
  '<script>alert(1)</script>',
  '</style><img src=x onerror=alert(1)>',
  '{{constructor.constructor "alert(1)"}} {{{x}}} {{> cover}}',
  '" onmouseover="alert(1)" \' onfocus=\'alert(1)',
  '\u202egnp.exe\u2066 \u0000\u0007\u001b[31m',
  '`code` ```fence``` | pipe | **bold** @everyone #1 ![x](https://evil.example/x.png)',
  'javascript:alert(1)',
  '*/ } body { display: none } /*',
  '👩‍👩‍👧 \ud800',
  'x'.repeat(10_000),
] as const;

// These are chosen by our own code from fixed lists and never come from a file.
const OURS = new Set(['type', 'form', 'role', 'kind', 'basis', 'tone', 'align', 'height', 'language', 'level']);

/** The report with a hostile text put before every text in it. */
export function soilReport(report: Report, hostile: string): Report {
  return soil(report, '', hostile) as Report;
}

function soil(value: unknown, key: string, hostile: string): unknown {
  if (typeof value === 'string') return OURS.has(key) ? value : hostile + value;
  if (Array.isArray(value)) return value.map((each) => soil(each, key, hostile));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, soil(each, name, hostile)]));
  return value;
}
