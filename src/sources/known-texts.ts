/** Texts that are often given by mistake: told apart from INFO and tables, so that the message can say what they are. */
const KNOWN_TEXTS: readonly { readonly looks: (head: string) => boolean; readonly advice: string }[] = [
  {
    looks: (head) => /^\s{0,9}(?:\d\) ?)?"?peak\.allocated"?/.test(head) || /^\s{0,9}\{\s{0,9}"peak\.allocated"/.test(head),
    advice: 'is the reply of MEMORY STATS, one moment without RSS or limits. Give the output of `redis-cli INFO`.',
  },
  {
    looks: (head) => startsAsJson(head) && /"resultType"\s{0,9}:\s{0,9}"(?:matrix|vector)"/.test(head),
    advice: 'is an answer of the Prometheus API in JSON. Write it as CSV: one column timestamp, one column a metric.',
  },
  { looks: startsAsJson, advice: 'is JSON, and holds no INFO fields. Expected INFO output, or CSV with one row a sample.' },
  {
    looks: (head) => /^\*\d{1,9}\r?\n\$\d{1,9}\r?\n/.test(head),
    advice: 'is a Redis append-only file: it holds commands, no memory figures. Give INFO output or a CSV of metrics.',
  },
  {
    looks: (head) => /^file \S{1,300} seq \d{1,19} type [bhi]$/m.test(head),
    advice: 'is the manifest of an append-only file: it holds no memory figures. Give INFO output or a CSV of metrics.',
  },
  {
    looks: isServerConfiguration,
    advice: 'is a Redis configuration file: it holds settings, no memory figures. Give INFO output or a CSV of metrics.',
  },
  { looks: (head) => /^\s{0,9}<(?:!doctype html|html|table)/i.test(head), advice: 'is a web page. Save the figures behind it as CSV.' },
  { looks: (head) => /^\s{0,9}<\?xml/.test(head), advice: 'is XML. Save the figures in it as CSV.' },
  {
    looks: (head) => /^redis_\w{1,80}(?:\{[^}\n]{0,500}\})? [\d.e+-]{1,30}$/m.test(head) && /^# (?:HELP|TYPE) /m.test(head),
    advice: 'is one scrape of redis_exporter, without a time. Give a range query saved as CSV, or INFO output.',
  },
  {
    looks: (head) => /^\d{1,10}:[XCSM] \d{1,2} [A-Z][a-z]{2} \d{4} /.test(head),
    advice: 'is a Redis log: it holds no memory figures. Give INFO output or a CSV of metrics.',
  },
  {
    looks: (head) => /^id=\d{1,19} addr=\S{1,300} /.test(head),
    advice: 'is the reply of CLIENT LIST. Give the output of `redis-cli INFO`.',
  },
  {
    looks: (head) => /^(?:OK\r?\n)?\d{9,11}\.\d{6} \[\d{1,5} /.test(head),
    advice: 'is the output of MONITOR. Give the output of `redis-cli INFO`.',
  },
  {
    looks: (head) => /^-{3,20} data -{3,20} -{3,40} load -/.test(head),
    advice: 'is the output of `redis-cli --stat`, without times. Give the output of `redis-cli INFO`.',
  },
];

/** What a text is that is neither INFO nor a table, and what to give instead; undefined when it is none of those known. */
export function findKnownText(head: string): string | undefined {
  const text = head.charCodeAt(0) === 0xfeff ? head.slice(1) : head;
  return KNOWN_TEXTS.find(({ looks }) => looks(text))?.advice;
}

/** `{"…` or `[{…`: a bracket alone may begin a log line. */
function startsAsJson(head: string): boolean {
  return /^\s{0,99}(?:\{\s{0,99}["}]|\[\s{0,99}[{[\]])/.test(head);
}

const SETTINGS =
  /^(?:port|bind|dir|save|appendonly|appendfsync|daemonize|databases|dbfilename|logfile|loglevel|maxclients|maxmemory|maxmemory-policy|protected-mode|requirepass|tcp-backlog|tcp-keepalive|timeout|activedefrag|hz)[ \t]{1,20}\S/gm;

function isServerConfiguration(head: string): boolean {
  const names = new Set<string>();
  for (const [line] of head.matchAll(SETTINGS)) {
    names.add(line.split(/[ \t]/, 1)[0] ?? '');
    if (names.size >= 3) return true;
  }
  return false;
}
