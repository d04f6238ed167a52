/** An error whose message is meant for the person at the terminal: one line, no stack. The command ends with exit code 2. */
export abstract class HeadroomError extends Error {
  abstract readonly kind: 'input' | 'config' | 'connection';
}

/**
 * A file or stream could not be used. The message says where, what was found, what was expected and what to do,
 * e.g. `prod-a.csv:118: time "2024-13-01" is not a date. Expected ISO 8601 or epoch seconds; use --time-format for other forms.`
 */
export class InputError extends HeadroomError {
  readonly kind = 'input';
  readonly input: string;
  readonly line: number | undefined;

  constructor(input: string, problem: string, options: { line?: number; cause?: unknown } = {}) {
    super(`${input}${options.line === undefined ? '' : `:${options.line}`}: ${problem}`, { cause: options.cause });
    this.name = 'InputError';
    this.input = input;
    this.line = options.line;
  }
}

/** An option or a configuration value cannot be used. */
export class ConfigError extends HeadroomError {
  readonly kind = 'config';
  readonly option: string;
  readonly value: string;
  readonly allowed: string;

  /** @param allowed - what may stand there, in words, e.g. `one of html, pdf, json` */
  constructor(option: string, value: string, allowed: string, options: { cause?: unknown } = {}) {
    super(`${option}: "${value}" cannot be used. Expected ${allowed}.`, { cause: options.cause });
    this.name = 'ConfigError';
    this.option = option;
    this.value = value;
    this.allowed = allowed;
  }
}

/** A server could not be asked. The address never carries user or password. */
export class ConnectionError extends HeadroomError {
  readonly kind = 'connection';
  readonly address: string;

  constructor(address: string, problem: string, options: { cause?: unknown } = {}) {
    super(`${address}: ${problem}`, { cause: options.cause });
    this.name = 'ConnectionError';
    this.address = address;
  }
}

/** `"a", "b", …`: names from elsewhere in a sentence of ours, at most `most` of them; what stands between the quotes ends at the next one. */
export function quoteNames(names: readonly string[], most: number): string {
  const shown = names.slice(0, most).map((name) => `"${name.replaceAll('"', "'")}"`);
  return `${shown.join(', ')}${names.length > most ? ', …' : ''}`;
}
