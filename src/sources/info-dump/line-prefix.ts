import { cleanNodeName, findAddress, nodeNameFromFile } from './node-name.ts';
import { findStamp } from './stamp.ts';

/** What stands before the field on each line of a log or of a tool's output. */
export interface LinePrefix {
  /** The same for all lines of one writer: without times, process ids and line numbers. Empty for mere decoration. */
  readonly key: string;
  /** Name of the server, where the prefix has one. */
  readonly label: string | undefined;
}

const SYSLOG_TIME = /^[A-Z][a-z]{2}\s{1,3}\d{1,2} \d{2}:\d{2}:\d{2}(?:\.\d{1,9})?\s/;
/** `host=cache-1` of a log line, `"host": "cache-1"` of one in JSON. */
const NODE_LABEL =
  /(?<![\w.-])["']?(?:host|hostname|node|instance|addr|server|pod)["']?(?:=|\s{0,2}:\s{0,2}(?=["']))["']?([^\s"',;=}]{1,200})/;
/** Words that log writers put before a message. */
const LEVELS = /\b(?:stdout|stderr|F|P|INFO|DEBUG|NOTICE|WARN|info|debug|notice|warn)\b/g;

/** Reads the prefix of one line (its first 300 characters). */
export function readPrefix(text: string): LinePrefix {
  if (!/[\p{L}\d]/u.test(text)) return { key: '', label: undefined };
  const stamp = findStamp(text, 'UTC');
  const withoutTime = (stamp ? `${text.slice(0, stamp.start)} ${text.slice(stamp.end)}` : text).replace(SYSLOG_TIME, ' ');
  const address = findAddress(withoutTime);
  if (address) return { key: address.name, label: cleanNodeName(address.name) };
  // kubectl logs --prefix
  const pod = /\bpod\/([^\s/\]]{1,200})/.exec(withoutTime)?.[1];
  if (pod !== undefined) return { key: pod, label: cleanNodeName(pod) };
  // docker compose, foreman
  const piped = /^\s*([\w.-]{1,200})\s*\|/.exec(withoutTime)?.[1];
  if (piped !== undefined && /\p{L}/u.test(piped)) return { key: piped, label: cleanNodeName(piped) };
  const named = NODE_LABEL.exec(withoutTime)?.[1];
  if (named !== undefined) return { key: named, label: cleanNodeName(named) };
  const file = /^\s*([^\s:]{1,300}\.(?:txt|log|info|out|dump)):/.exec(text)?.[1];
  if (file !== undefined) return { key: file, label: nodeNameFromFile(file) };
  const key = withoutTime
    .replace(LEVELS, ' ')
    .replace(/\[\d*\]|[\s\d:|>[\](){}"'`,#*=-]+/g, ' ')
    .trim();
  if (key === '') return { key: '', label: undefined };
  // syslog's `host program[pid]:`, or clush's `host:`
  const syslog = /^\s*([\w.-]{1,200})\s+[\w./-]{1,100}(?:\[\d{1,10}\])?:\s*$/.exec(withoutTime)?.[1];
  const host = /^\s*([\w.-]*[\d.-][\w.-]*):\s*$/.exec(withoutTime)?.[1];
  const name = syslog ?? host;
  const label = name !== undefined && /\p{L}/u.test(name) ? cleanNodeName(name.replace(/[-_.]+$/, '')) : undefined;
  // Hosts may differ only by their numbers.
  return label === undefined ? { key, label } : { key: `${label} ${key}`, label };
}
