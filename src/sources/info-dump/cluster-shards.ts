import { ClusterNodes } from './cluster-nodes.ts';

/** `  3) 1) `, as redis-cli numbers nested replies; `1# ` in RESP3. */
const NUMBERING = /^(?:\d{1,5}[)#~]\s{1,8})+/;
const ID = /^[0-9a-f]{40}$/;
const HOST = /^(?=.*[a-z.:])[\w.:[\]-]{1,255}$/i;
const KEY = /^[a-z][a-z-]{1,30}$/;
/** What CLUSTER SHARDS says of a node. In RESP3 each stands on one line with its value. */
const KEYS = ['slots', 'nodes', 'id', 'port', 'tls-port', 'ip', 'endpoint', 'hostname', 'role', 'replication-offset', 'health'];
const HIGHEST_SLOT = 16_383;
const HIGHEST_PORT = 65_535;
/** What CLUSTER SLOTS may say of a node beside its address. */
const METADATA = ['hostname', 'ip'];

interface ReadNode {
  readonly id: string;
  host?: string;
  port?: number;
  role?: string;
  isDown?: boolean;
}

/**
 * The nodes that texts of CLUSTER SHARDS and CLUSTER SLOTS name, as redis-cli prints them: bare (into a file or a pipe), or numbered and nested (on a terminal, with
 * `--no-raw`, in RESP3). Neither says who was asked.
 */
export class ClusterShards {
  readonly #nodes: ClusterNodes;
  #lastLine = Number.NaN;
  #view = 0;
  #state: 'none' | 'shard' | 'node' | 'range' = 'none';
  #key: string | undefined;
  #hasSlots = false;
  #shard: ReadNode[] = [];
  /** Of CLUSTER SLOTS: the range, then host and port until the id comes. */
  #range: string[] = [];
  readonly #firstSlots = new Set<string>();

  constructor(nodes: ClusterNodes) {
    this.#nodes = nodes;
  }

  /** Takes a line of such a text, trimmed; false for any other, empty ones between two texts among them. */
  read(line: string, lineNumber: number): boolean {
    // Nearly all lines are of INFO: a text begins with a number, a quote or `slots`.
    if (this.#state === 'none' && this.#range.length === 0 && !'0123456789"s'.includes(line.charAt(0))) return false;
    if (line.length > 400) return this.#leave();
    this.#passEmpty(lineNumber - this.#lastLine - 1);
    this.#lastLine = lineNumber;
    const isTaken = tokensOf(line).map((token) => this.#take(token));
    return isTaken.length > 0 ? isTaken.every(Boolean) : this.#state !== 'none';
  }

  /** Ends what was read so far; to be called at the end of the input too. */
  end(): void {
    this.#leave();
  }

  /** One empty line is an empty value, or the empty metadata of CLUSTER SLOTS; more of them, or one elsewhere, end the text. */
  #passEmpty(lines: number): void {
    if (lines === 0) return;
    if (lines === 1 && this.#key !== undefined) this.#takeValue(this.#key, '');
    else if (lines !== 1 || this.#state !== 'range') this.#leave();
  }

  #take(token: string): boolean {
    if (this.#key !== undefined) return this.#takeValue(this.#key, token);
    if (token === 'slots') return this.#beginShard();
    if (this.#state === 'none' || this.#state === 'range') return this.#takeOfSlots(token);
    if (this.#state === 'shard') {
      if (token === 'nodes') this.#state = 'node';
      else if (isInteger(token, HIGHEST_SLOT)) this.#hasSlots = true;
      else return this.#leave();
      return true;
    }
    if (!KEY.test(token)) return this.#leave();
    this.#key = token;
    return true;
  }

  #beginShard(): true {
    if (this.#state === 'range') this.#leave();
    if (this.#state === 'none') this.#view = this.#nodes.startText();
    this.#endShard();
    this.#state = 'shard';
    return true;
  }

  #takeValue(key: string, value: string): boolean {
    this.#key = undefined;
    const node = this.#shard.at(-1);
    if (key === 'id' && ID.test(value)) this.#shard.push({ id: value });
    else if (node === undefined) return this.#leave();
    else if (key === 'port' || (key === 'tls-port' && node.port === undefined)) node.port = Number(value);
    else if (key === 'ip' || (key === 'endpoint' && node.host === undefined)) node.host = HOST.test(value) ? value : undefined;
    else if (key === 'role') node.role = value;
    else if (key === 'health') node.isDown = value === 'fail';
    return true;
  }

  /** `from`, `to`, then host, port and id of each node; the first is the primary. A range is believed once an id stands where it must. */
  #takeOfSlots(token: string): boolean {
    const [from, to, host, port] = this.#range;
    if (to === undefined) {
      if (!isInteger(token, HIGHEST_SLOT) || Number(token) < Number(from ?? 0)) return this.#leave();
      this.#range.push(token);
      // Two bare numbers may be anything: they are left to others until a host follows.
      return this.#state === 'range';
    }
    if (host === undefined) {
      if (this.#shard.length > 0 && isInteger(token, HIGHEST_SLOT)) {
        this.#endShard();
        // Within one text a slot stands once.
        if (this.#firstSlots.has(token)) this.#leave();
        this.#range = [token];
        return true;
      }
      if (this.#shard.length > 0 && METADATA.includes(token)) this.#range.push('', '');
      else if (HOST.test(token)) this.#range.push(token);
      else return this.#leave();
      return true;
    }
    // The value of a piece of metadata.
    if (host === '') this.#range.splice(2);
    else if (port === undefined && isInteger(token, HIGHEST_PORT)) this.#range.push(token);
    else if (port !== undefined && ID.test(token)) {
      if (this.#state === 'none') this.#view = this.#nodes.startText();
      this.#state = 'range';
      this.#firstSlots.add(from ?? '');
      this.#hasSlots = true;
      this.#shard.push({ id: token, host, port: Number(port), role: this.#shard.length === 0 ? 'master' : 'replica' });
      this.#range.splice(2);
    } else return this.#leave();
    return true;
  }

  #endShard(): void {
    const told = this.#shard.filter(({ role }) => role !== undefined);
    const primary = told.find(({ role, isDown }) => role === 'master' && isDown !== true) ?? told.find(({ role }) => role === 'master');
    for (const { id, host, port } of told) {
      this.#nodes.take({
        id,
        ...(host === undefined || !port
          ? {}
          : { address: `${host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}:${port}`.toLowerCase() }),
        ...(primary === undefined || id === primary.id ? {} : { primaryId: primary.id }),
        holdsSlots: this.#hasSlots && id === primary?.id,
        isSelf: false,
        view: this.#view,
      });
    }
    this.#shard = [];
    this.#hasSlots = false;
    this.#range = [];
  }

  #leave(): false {
    this.#endShard();
    this.#state = 'none';
    this.#key = undefined;
    this.#firstSlots.clear();
    return false;
  }
}

/** Whether a text holds a reply to CLUSTER SHARDS or CLUSTER SLOTS. */
export function holdsClusterShards(text: string): boolean {
  if (!/\b[0-9a-f]{40}\b/.test(text)) return false;
  const found = new ClusterNodes();
  const shards = new ClusterShards(found);
  text.split('\n').forEach((line, i) => {
    if (line.trim() !== '') shards.read(line.trim(), i);
  });
  shards.end();
  return found.nodes.length > 0;
}

function isInteger(token: string, highest: number): boolean {
  return /^\d{1,5}$/.test(token) && Number(token) <= highest;
}

/** The values on a line: one, but for pairs of RESP3; none of an empty line and an empty array. */
function tokensOf(line: string): string[] {
  return line
    .replace(NUMBERING, '')
    .split(/\s=>(?:\s|$)/)
    .flatMap((part) => {
      const text = part.replace(NUMBERING, '').replace(/^\(integer\) /, '');
      if (text === '' || /^\((?:empty [a-z ]{3,12}|nil)\)$/.test(text)) return [];
      const [key = '', value, ...more] = text.split(' ');
      if (value !== undefined && more.length === 0 && KEYS.includes(key)) return [key, value];
      return [text.replace(/^"(.*)"$/, '$1')];
    });
}
