import { plain } from './messages.ts';

/** What a running collector tells. */
export interface CollectLog {
  /** Something happened; one line. */
  readonly event: (level: 'info' | 'warning', event: string, fields: Readonly<Record<string, string | number>>) => void;
  /** How it goes now. */
  readonly status: (status: CollectStatus) => void;
  readonly end: () => void;
}

export interface CollectStatus {
  readonly servers: number;
  readonly failing: number;
  readonly written: number;
  readonly waiting: number;
  readonly gaps: number;
  readonly forSeconds: number;
}

const STATUS_EVERY_MS = 10 * 60_000;

/** A status line that renews itself where stderr is a terminal; elsewhere lines of JSON, and the status every ten minutes. */
export function openCollectLog(options: { readonly quiet: boolean }, stream: NodeJS.WriteStream = process.stderr): CollectLog {
  if (options.quiet) return { event: () => {}, status: () => {}, end: () => {} };
  if (stream.isTTY) return openTerminalLog(stream);
  let statusAt = Date.now();
  const write = (level: string, event: string, fields: object): void => {
    stream.write(`${plain(JSON.stringify({ time: new Date().toISOString(), level, event, ...fields }))}\n`);
  };
  return {
    event: write,
    status: (status) => {
      if (Date.now() - statusAt < STATUS_EVERY_MS) return;
      statusAt = Date.now();
      write('info', 'status', status);
    },
    end: () => {},
  };
}

function openTerminalLog(stream: NodeJS.WriteStream): CollectLog {
  let shown = false;
  const clear = (): void => {
    if (shown) stream.write('\r\u001b[K');
    shown = false;
  };
  return {
    event: (_, event, fields) => {
      clear();
      const told = Object.entries(fields).map(([name, value]) => `${name}=${value}`);
      stream.write(`${plain(`${new Date().toISOString().slice(11, 19)} ${event} ${told.join(' ')}`)}\n`);
    },
    status: ({ servers, failing, written, waiting, gaps, forSeconds }) => {
      clear();
      const rate = forSeconds > 0 ? (written / forSeconds).toFixed(1) : '0';
      const trouble = `${failing > 0 ? `, ${failing} not answering` : ''}${waiting > 1000 ? `, ${waiting} wait for the disk` : ''}`;
      const line = `${servers} servers${trouble}; ${written} samples (${rate}/s), ${gaps} gaps`;
      stream.write(plain(line).slice(0, Math.max(20, (stream.columns ?? 80) - 1)));
      shown = true;
    },
    end: clear,
  };
}
