/** Messages for the person at the terminal; always on stderr, so that stdout carries only what was asked for. */
export interface Messages {
  /** A step has begun: a spinner on a terminal, nothing elsewhere. */
  readonly step: (text: string) => void;
  /** A line worth keeping. Silent with --quiet. */
  readonly note: (text: string) => void;
  /** Ends the spinner. */
  readonly done: () => void;
}

/** Messages with a spinner where stderr is a terminal. */
export async function openMessages(options: { quiet: boolean }): Promise<Messages> {
  if (options.quiet) return { step: () => {}, note: () => {}, done: () => {} };
  if (!process.stderr.isTTY) return { step: () => {}, note: (text) => process.stderr.write(`${plain(text)}\n`), done: () => {} };
  const { default: ora } = await import('ora');
  const spinner = ora({ stream: process.stderr, discardStdin: false });
  return {
    step: (text) => {
      spinner.start(plain(text));
    },
    note: (text) => {
      const running = spinner.isSpinning ? spinner.text : undefined;
      spinner.stop();
      process.stderr.write(`${plain(text)}\n`);
      if (running !== undefined) spinner.start(running);
    },
    done: () => {
      spinner.stop();
    },
  };
}

/** Without control characters: names come from files and servers and must not steer the terminal. */
export function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: removing them is the point
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, ' ');
}
