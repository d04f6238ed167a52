import type { Action } from '../../model/analysis.ts';
import type { Format } from '../format-type.ts';
import type { JudgementWords } from '../judgement-words.ts';

type Values = Readonly<Record<string, number | string | boolean>>;

/** The number of that name, told by `write`; `otherwise` where it is not known. */
function tell(values: Values, key: string, write: (value: number) => string, otherwise = ''): string {
  const value = values[key];
  return typeof value === 'number' ? write(value) : otherwise;
}

const word = (values: Values, key: string, otherwise: string): string => String(values[key] ?? otherwise);

const plural = (count: number, text: string, one: string, many: string): string => (count === 1 ? `1 ${one}` : `${text} ${many}`);

const SAVE_WORDS: Readonly<Record<string, string>> = {
  rdbLastBgsaveStatus: 'RDB save',
  aofLastRewriteStatus: 'AOF rewrite',
  aofLastWriteStatus: 'AOF write',
};

/** What a better input would be, by what is wrong with this one. */
const INPUT_WORDS: Readonly<Record<string, { readonly title: string; readonly detail: string }>> = {
  averaged: { title: 'Export maxima instead of averages', detail: 'Averages hide the peaks that decide sizes.' },
  'used-memory': {
    title: 'Say which column holds used memory',
    detail: 'None was read as used_memory: redis-headroom inspect FILE shows what was understood. --map usedMemoryBytes=COLUMN names it.',
  },
};

const UNSUPPORTED_WORDS: Readonly<Record<string, string>> = {
  'system-jemalloc': 'It was built with the system’s jemalloc instead of its own, patched one.',
  'not-jemalloc': 'It does not use jemalloc.',
  'version-too-old': 'Its version is too old: Redis has activedefrag since 4.0.',
};

const SHORT_IN_WORDS: Readonly<Record<string, string>> = {
  machine: 'machine is',
  maxmemory: 'maxmemory is',
  'machine and maxmemory': 'machine and maxmemory are',
};

/** Why one shard holds more than the others. */
function skewCause(values: Values, format: Format): string {
  const keys = tell(values, 'keysRatio', (ratio) => `${format.number(ratio, 2)} times as many keys as the mean shard`);
  const size = tell(values, 'bytesPerKeyRatio', (ratio) => `${format.number(ratio, 2)} times as many bytes a key`);
  switch (values.cause) {
    case 'more-keys':
      return `It has ${keys}: more slots than its share, or hash tags that keep many keys together.`;
    case 'larger-values':
      return `It has ${size}, not more keys: look for a few very large ones (redis-cli --bigkeys). A single large key cannot be spread, only split.`;
    case 'both':
      return `It has ${keys} and ${size}.`;
    default:
      return 'Look for very large keys and for hash tags that keep many keys together.';
  }
}

/** What "perhaps" adds where the history cannot yet tell two causes apart. */
const unsure = (values: Values): string =>
  values.isCertain === false ? ' This history cannot yet tell it from its other explanations.' : '';

/** The Lua heap explains at least half of what lies outside the allocator. */
const isLuaMost = (values: Values): boolean => Number(values.luaOutsideBytes) >= Number(values.rssMinusResidentBytes) / 2;

/** Hedges a headline about something that is only one of the explanations. */
const perhaps = (values: Values, text: string): string =>
  values.isMain === false ? `Possibly ${text.replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase())}` : text;

/** Where the room is to come from: a larger machine, or more shards where these are planned. */
function roomFrom(v: Values, f: Format): string {
  return tell(v, 'plannedShards', (n) => `Spread the data over ${f.number(n)} shards`, 'Raise the machine');
}

/** The nodes of a group that something is to be done to. */
function groupNodes(v: Values, f: Format): string {
  const all = Number(v.nodes);
  const some = Number(v.stepNodes ?? all);
  if (some < all) return `${f.number(some)} of ${f.number(all)} nodes`;
  return all === 2 ? 'both nodes' : `all ${f.number(all)} nodes`;
}

/** As `roomFrom`, for a group. */
function roomForGroup(v: Values, f: Format): string {
  return tell(v, 'plannedShards', () => roomFrom(v, f), `Raise the machines of ${groupNodes(v, f)}`);
}

/** English words of findings, actions and verdicts. */
export const judgementWords: JudgementWords = {
  findings: {
    'system-memory-ratio-high': {
      name: 'system memory ratio',
      title: (e, f) =>
        `Resident memory reached ${tell(e, 'ratioPeak', f.percent)} of the machine, over the ${tell(e, 'targetRatio', f.percent)} line`,
      body: (e, f) =>
        `It is at ${tell(e, 'ratioNow', f.percent, 'an unknown share')} now${tell(e, 'secondsAboveTarget', (s) => (s > 0 ? ` and was above the line for ${f.duration(s)} in all` : ''))}. Above it, a save, a copy to a replica or a neighbouring process is enough for the kernel to end the server.`,
    },
    swapping: {
      name: 'swapping',
      title: (e, f) =>
        perhaps(
          e,
          `Part of the process is in swap: ${tell(e, 'usedMemoryRssBytes', f.bytes, 'less')} resident for ${tell(e, 'usedMemoryBytes', f.bytes, 'more')} used`,
        ),
      body: (e) =>
        `Every command that touches a swapped page waits for the disk. Purging or defragmenting would touch those pages and make it worse.${unsure(e)}`,
    },
    'oom-errors': {
      name: 'refused writes',
      title: (e, f) => `${tell(e, 'oomErrors', (n) => plural(n, f.number(n), 'write was', 'writes were'))} refused for lack of memory`,
      body: (e, f) =>
        `Used memory reached maxmemory${tell(e, 'maxmemoryBytes', (n) => ` (${f.bytes(n)})`)} and the policy${e.policy === undefined ? '' : ` ${word(e, 'policy', '')}`} left nothing to evict. Applications saw these as errors.`,
    },
    'noeviction-near-limit': {
      name: 'a store near its limit',
      title: (e, f) =>
        `Data reached ${tell(e, 'ratio', f.percent)} of maxmemory, and ${e.policy === 'noeviction' ? 'nothing' : 'next to nothing'} may be evicted`,
      body: (e, f) =>
        `At ${tell(e, 'maxmemoryBytes', f.bytes)} writes are refused; the peak was ${tell(e, 'peakBytes', f.bytes)}. Raise the limit where the machine allows it, or let the policy evict.${tell(e, 'expiringBytesShare', (s) => ` Only keys with an expiry may go now, and they hold ${f.percent(s)} of the bytes.`)}`,
    },
    'eviction-pressure': {
      name: 'eviction pressure',
      title: (e, f) =>
        `${tell(e, 'evictedKeys', (n) => plural(n, f.number(n), 'key was', 'keys were'))} evicted${tell(e, 'shareOfKeysPerDay', (s) => (s >= 0.001 ? `, ${f.percent(s)} of all keys a day` : ''))}`,
      body: (e, f) =>
        `The cache is at its limit and makes room by dropping keys${tell(e, 'loweredAt', (at) => `, since maxmemory was lowered${Number(e.loweredFromBytes) > 0 ? tell(e, 'loweredFromBytes', (n) => ` from ${f.bytes(n)}`) : ''}${tell(e, 'loweredToBytes', (n) => ` to ${f.bytes(n)}`)} on ${f.date(at)}; none was dropped before`)}${tell(e, 'burstKeys', (n) => `; ${f.number(n)} went at once${tell(e, 'burstAt', (at) => ` before ${f.dateTime(at)}`)}, which makes room for one large thing: a hash table that doubled, a load, a big value`)}${tell(e, 'residenceSeconds', (s) => `; a key stays for about ${f.duration(s)}`)}${tell(e, 'hitRatio', (r) => `; ${f.percent(r)} of reads found theirs`)}. ${e.isUnmissed === true ? 'So what is dropped is hardly asked for again, and the cache works as it is meant to.' : 'Demand beyond the limit cannot be seen from here: watch the hit ratio after raising it.'}${tell(e, 'exceededShare', (s) => ` In ${f.percent(s)} of the time eviction could not keep up and memory stood above the limit (total_eviction_exceeded_time).`)}${tell(e, 'aboveLimitBytes', (n) => ` Memory stands at ${f.bytes(n)}${tell(e, 'maxmemoryBytes', (limit) => `, above the limit of ${f.bytes(limit)}`)}: eviction does not keep up, for a script, a transaction or one large value is let in whole once it has begun.`)}`,
    },
    'maxmemory-unset': {
      name: 'maxmemory not set',
      title: (e, f) => `No maxmemory is set${tell(e, 'usedMemoryBytes', (n) => `, and used memory reached ${f.bytes(n)}`)}`,
      body: (e, f) =>
        `Nothing stops the data from growing until the machine itself runs out${tell(e, 'recommendedBytes', (n) => `; ${f.bytes(n)} holds the projected peak`)}. With a limit the server evicts or refuses writes instead of being killed.`,
    },
    'maxmemory-too-high': {
      name: 'maxmemory too high',
      title: (e, f) =>
        `maxmemory (${tell(e, 'maxmemoryBytes', f.bytes)}) is more than the machine can safely hold (${tell(e, 'safeBytes', f.bytes)})`,
      body: (e, f) =>
        `Filled to the limit, resident memory and forks would take the machine past its safe share before eviction begins.${tell(
          e,
          'withoutHolesBytes',
          (n) => ` Without the holes in its memory it would hold ${f.bytes(n)}: close them first.`,
          tell(e, 'peakBytes', (n) => ` The highest peak so far counts ${f.bytes(n)}.`),
        )}`,
    },
    'maxmemory-too-low': {
      name: 'maxmemory too low',
      title: (e, f) =>
        `maxmemory (${tell(e, 'maxmemoryBytes', f.bytes)}) is below what the ${e.isProjected === false ? 'peak so far' : 'projected peak'} asks for (${tell(e, 'recommendedBytes', f.bytes)})`,
      body: (e, f) =>
        e.isReplicaAbove === true
          ? `As a replica it ignores the limit and already holds ${tell(e, 'ratio', f.percent)} of it. After a failover it is the primary: what is above the limit is evicted at once, or writes are refused.`
          : `The highest peak so far filled ${tell(e, 'ratio', f.percent)} of it.${e.refusesWrites === true ? '' : ' When it is full, keys are evicted that are still wanted.'}${e.refusesWrites === false ? '' : ` When it is full, writes are refused${e.refusesWrites === true ? '' : ' where the policy evicts nothing'}.`}`,
    },
    'cow-headroom-short': {
      name: 'room for copy-on-write',
      title: (e, f) =>
        e.isSeen === true
          ? `Saving took ${tell(e, 'forkedPeakBytes', f.bytes)} of memory in all; ${tell(e, 'ceilingBytes', f.bytes)} are safe`
          : `Saving needs ${tell(e, 'forkedBytes', f.bytes)} once the recommended maxmemory is full; ${tell(e, 'ceilingBytes', f.bytes)} are safe`,
      body: (e, f) =>
        `While a child process saves, changed pages are held twice${tell(e, 'cowRatioMax', (r) => `: up to ${f.percent(r)} of resident memory in this history`)}. This does not show in the server's own resident memory, but the kernel counts it.`,
    },
    'huge-pages-suspected': {
      name: 'huge pages',
      title: (e, f) =>
        `Saving copied ${tell(e, 'copiedShare', f.percent)} of resident memory, of which the writes explain ${tell(e, 'smallPagesShare', f.percent)}`,
      body: (e, f) =>
        `In the fork of ${tell(e, 'forkedAt', f.dateTime)} ${tell(e, 'cowBytes', f.bytes)} of ${tell(e, 'rssBytes', f.bytes)} were copied, and at most ${tell(e, 'writtenKeys', f.number)} keys changed meanwhile. With transparent huge pages, Linux up to 5.7 copies 2 MiB at each write instead of 4 KiB: that would fit, though INFO does not show them. Where /sys/kernel/mm/transparent_hugepage/enabled says [always], write never there and restart the server; from Redis 6.2 on the default, disable-thp yes, does it.`,
    },
    'save-failing': {
      name: 'failing saves',
      title: (e) => `${SAVE_WORDS[word(e, 'field', '')] ?? 'Saving'} ${e.isLasting === true ? 'is failing' : 'failed, and works again'}`,
      body: (e, f) =>
        e.isLasting === true
          ? e.hasAppendOnlyFile === true
            ? `It ${failureWords(e, f)}. The append-only file still keeps the data, but by default a failed RDB save also makes the server refuse writes.`
            : `A restart now loses ${tell(e, 'unsavedChanges', (n) => plural(n, f.number(n), 'change', 'changes'), 'what was written')} since the last good save${tell(e, 'lastSaveAt', (at) => ` of ${f.dateTime(at)}`)} (${failureWords(e, f)}). By default a failed RDB save also makes the server refuse writes.`
          : `It ${failureWords(e, f)}, and works again${tell(e, 'workedAgainAt', (at) => ` since ${f.dateTime(at)}`)}. Look for the reason in the server log before it comes back.`,
    },
    'hash-table-step-ahead': {
      name: 'hash-table steps',
      title: (e, f) =>
        e.outcome === 'put-off'
          ? `A hash table is full in about ${tell(e, 'daysUntil', f.days)}, and below maxmemory there is no room for the next (${tell(e, 'allocatedBytes', f.bytes)})`
          : `${tell(e, 'tables', (n) => plural(n, f.number(n), 'hash table doubles', 'hash tables double'))} in about ${tell(e, 'daysUntil', f.days)}: ${tell(e, 'allocatedBytes', f.bytes)} at once`,
      body: (e, f) =>
        `At ${tell(e, 'threshold', f.number)} ${e.table === 'expires' ? 'keys with an expiry' : 'keys'} in database ${tell(e, 'database', (n) => String(n))} ${e.outcome === 'put-off' ? 'the table is to double' : 'the table grows in a single write, and the old one stays until it is emptied'}.${String(e.outcome).startsWith('put-off') ? '' : tell(e, 'roomBytes', (n) => ` Below maxmemory there will be room for ${f.bytes(n)}.`)}${tableWithoutRoom(e, f)}`,
    },
    'used-growth': {
      name: 'growth towards a limit',
      title: (e, f) =>
        `${e.isSpike === true ? 'A spike' : 'The peak'} can reach ${e.limit === 'maxmemory' ? 'maxmemory' : `${tell(e, 'targetRatio', f.percent)} of the machine`} ${e.isSpike === true ? `within ${tell(e, 'horizonDays', f.days)}` : `in ${tell(e, 'earliestDays', f.days)}`}`,
      body: (e, f) =>
        e.isSpike === true
          ? `Memory does not grow, but the limit lies close enough to the peaks seen for a higher one to reach it${tell(e, 'probability', (p) => `: a chance of ${f.percent(p)}`)}. No day can be named for that.`
          : `There is a 10 % chance by ${tell(e, 'earliestAt', f.date)}${tell(e, 'expectedDays', (d) => `; it is likely in ${f.days(d)}`, `; it is not expected within ${tell(e, 'horizonDays', f.days)}`)}.${tell(e, 'growthBytesPerDay', (n) => (n > 0 ? ` The peak grows by ${f.bytes(n)} a day.` : ''))}`,
    },
    'external-fragmentation': {
      name: 'fragmentation',
      title: (e, f) =>
        perhaps(e, `${tell(e, 'externalBytes', f.bytes, tell(e, 'wasteBytes', f.bytes, 'Memory'))} lie in holes between live values`),
      body: (e, f) =>
        `These pages are resident and paid for, and data of other sizes do not fit into them. ${
          Number(e.activedefragBytes) < 0.5 * Number(e.externalBytes)
            ? `Active defragmentation sees only ${tell(e, 'activedefragBytes', f.bytes)} of them, since the rest is among large values; a restart or a failover to a fresh replica closes all.`
            : 'Active defragmentation moves values together and empties pages; MEMORY PURGE cannot.'
        }${unsure(e)}`,
    },
    'rss-retained-after-peak': {
      name: 'memory kept after a peak',
      title: (e, f) => perhaps(e, `Resident memory stayed ${tell(e, 'wasteBytes', f.bytes, 'well')} above used memory after a peak`),
      body: (e) =>
        `The allocator keeps these pages and fills them again when data come back: this is neither a leak nor by itself fragmentation. If the peak returns, nothing needs to be done but to provide for it.${unsure(e)}`,
    },
    'resident-unused': {
      name: 'freed pages not returned',
      title: (e, f) => perhaps(e, `The allocator holds ${tell(e, 'purgeBytes', (n) => `${f.bytes(n)} of `)}freed pages`),
      body: (e) =>
        Number(e.lastingUnusedBytes) < Number(e.residentUnusedBytes) / 2
          ? `The peak keeps coming back and fills them again, so MEMORY PURGE gives nothing that lasts: provide for the peak.${unsure(e)}`
          : `They go back to the system by themselves after some seconds where jemalloc's background thread runs; MEMORY PURGE returns them at once.${unsure(e)}`,
    },
    'process-overhead-high': {
      name: 'memory outside the allocator',
      title: (e, f) =>
        perhaps(
          e,
          `${tell(e, 'rssMinusResidentBytes', f.bytes, tell(e, 'wasteBytes', f.bytes, 'Much memory'))} of resident memory lie outside the allocator`,
        ),
      body: (e, f) =>
        `${isLuaMost(e) ? `The Lua heap of scripts and functions holds ${tell(e, 'luaOutsideBytes', f.bytes)}; find what keeps tables there.` : 'Modules, scripts and thread stacks take it.'} Neither defragmentation nor MEMORY PURGE can give it back.${unsure(e)}`,
    },
    'activedefrag-unsupported': {
      name: 'activedefrag not supported',
      title: () => 'This server cannot run activedefrag, which would help here',
      body: (e, f) =>
        `${UNSUPPORTED_WORDS[word(e, 'reason', '')] ?? 'Its build lacks the patched jemalloc that activedefrag needs.'} Until it is replaced, a failover to a fresh replica or a restart is what gives ${tell(e, 'restartBytes', f.bytes, 'the waste')} back.`,
    },
    'activedefrag-not-needed': {
      name: 'activedefrag without need',
      title: (e, f) => `activedefrag is on, with ${tell(e, 'gainBytes', f.bytes, 'next to nothing')} to gain`,
      body: () =>
        'It has not had to work in this history, so it costs next to nothing. It can be turned off and on again while the server runs.',
    },
    'activedefrag-ineffective': {
      name: 'activedefrag without effect',
      title: (e, f) =>
        `activedefrag moved only ${tell(e, 'hitShare', (share) => (share < 0.001 ? `under ${f.percent(0.001)}` : f.percent(share)))} of what it looked at, and the waste stayed`,
      body: (e, f) =>
        `The allocator's waste went from ${tell(e, 'wasteFirstBytes', f.bytes)} to ${tell(e, 'wasteLastBytes', f.bytes)} while it ran. Turn it off: it takes time from commands and gives no memory back.`,
    },
    'defrag-crash-version': {
      name: 'defects of activedefrag',
      title: (e) => `activedefrag can crash Redis ${word(e, 'version', '')}; ${word(e, 'fixedIn', 'a later release')} fixes it`,
      body: (e) =>
        e.isEnabled === true
          ? 'It is turned on here. Turn it off until the server is upgraded.'
          : 'It is what would help against the fragmentation seen here, but upgrade before turning it on.',
    },
    'replica-buffer-risk': {
      name: 'replica buffers',
      title: (e, f) => `Replica and AOF buffers took ${tell(e, 'notCountedBytes', f.bytes)} beyond maxmemory`,
      body: (e, f) =>
        `This was ${tell(e, 'shareOfUsed', f.percent, 'a large part')} of used memory${tell(e, 'peakAt', (at) => ` on ${f.dateTime(at)}`)}. maxmemory does not bound these buffers and no eviction frees them: look for a replica that lags.`,
    },
    'backlog-too-small': {
      name: 'replication backlog',
      title: (e, f) => `The replication backlog covers ${tell(e, 'coveredSeconds', f.duration)} of writes at the busiest time`,
      body: (e, f) =>
        `A replica that is away for longer copies everything, which forks this server${tell(e, 'fullCopies', (n) => (n > 0 ? `; that happened ${plural(n, f.number(n), 'time', 'times')} here` : ''))}.${tell(e, 'wantedBytes', (n) => ` ${f.bytes(n)} would cover two minutes; they count as used memory.`)}`,
    },
    'client-memory-high': {
      name: 'client memory',
      title: (e, f) => `Client buffers took ${tell(e, 'clientBytes', f.bytes)}, ${tell(e, 'shareOfUsed', f.percent)} of used memory`,
      body: (e, f) =>
        `They count against maxmemory as data do${tell(e, 'clients', (n) => `; there were up to ${plural(n, f.number(n), 'client', 'clients')}`)}. Look for large replies, slow readers and subscribers, and bound them.`,
    },
    'script-cache-high': {
      name: 'script cache',
      title: (e, f) => {
        const share = e.isHeapInside === false ? '' : `, as much as ${tell(e, 'shareOfUsed', f.percent)} of used memory`;
        const took = `${tell(e, 'scriptBytes', f.bytes)}${share}`;
        if (Number(e.cachedScripts) > MANY_SCRIPTS)
          return `${tell(e, 'cachedScripts', f.number)} scripts are cached; with the Lua heap they took ${took}`;
        return Number(e.evictedScripts) > MANY_SCRIPTS
          ? `${tell(e, 'evictedScripts', f.number)} scripts were evicted from the script cache`
          : `Scripts and the Lua heap took ${took}`;
      },
      body: (e) => {
        const isEvicted = Number(e.evictedScripts) > MANY_SCRIPTS;
        const heap =
          e.isHeapInside === false ? ' The Lua heap lies beside used memory: maxmemory does not count it, the machine does.' : '';
        if (Number(e.cachedScripts) > MANY_SCRIPTS || isEvicted)
          return `Values were written into the text of scripts, and each text is ${isEvicted ? 'compiled anew; of those sent with EVAL this version keeps the newest 500, of those loaded all' : 'kept'}. Pass values as KEYS and ARGV, so that one script serves all.${heap}`;
        return `A script or a library of functions keeps values in Lua variables, or the texts are long.${heap}`;
      },
    },
    'maxclients-near': {
      name: 'connections',
      title: (e, f) =>
        typeof e.rejectedConnections === 'number'
          ? `${plural(e.rejectedConnections, f.number(e.rejectedConnections), 'connection was', 'connections were')} refused`
          : `Connections reached ${tell(e, 'ratio', f.percent)} of maxclients`,
      body: (e, f) =>
        `There were up to ${tell(e, 'clients', f.number, 'an unknown number of')} clients${tell(e, 'maxclients', (n) => `, and the limit is ${f.number(n)}`)}. Beyond it new connections are refused; look for clients that do not share or close theirs.`,
    },
    'cpu-single-thread-near': {
      name: 'the main thread',
      title: (e, f) => `The main thread used ${tell(e, 'mainThreadCpuBusiestHour', f.percent)} of one core over its busiest hour`,
      body: (e, f) =>
        `Commands run on one thread: more processors or memory do not make room here. Spread the load over shards or replicas, or find the commands that cost most.${tell(e, 'costliestShare', (s) => ` ${String(e.costliestCommand).toUpperCase().replace('|', ' ')} takes ${f.percent(s)} of the time of all commands.`)}`,
    },
    'network-near': {
      name: 'network',
      title: (e, f) => `Traffic reached ${tell(e, 'share', f.percent)} of the instance's bandwidth`,
      body: (e, f) =>
        `It was ${tell(e, 'bytesPerSecond', f.bytes)} a second against ${tell(e, 'limitBytesPerSecond', f.bytes)} that the instance type ${e.isBaseline === true ? 'sustains' : 'allows at most'}. Beyond it the provider drops or delays packets.`,
    },
    'hit-ratio-falling': {
      name: 'a falling hit ratio',
      title: (e, f) => `The hit ratio fell from ${tell(e, 'hitRatioBefore', f.percent)} to ${tell(e, 'hitRatioAfter', f.percent)}`,
      body: (e) =>
        tell(e, 'evictedKeys', (n) =>
          n > 0 ? 'Keys are evicted before they are read again: more memory would likely bring them back.' : '',
        ) || 'No keys were evicted, so memory is not the cause: look at expiry times and at what is asked for.',
    },
    oversized: {
      name: 'size of the machine',
      title: (e, f) => `The projected peak needs ${tell(e, 'memoryNeededBytes', f.bytes)} of ${tell(e, 'systemMemoryBytes', f.bytes)}`,
      body: (e, f) =>
        e.to === undefined
          ? 'A smaller machine would hold it with all its reserves.'
          : `${word(e, 'to', '')} would hold it with all its reserves${tell(e, 'savedUsdHour', (usd) => (usd > 0 ? ` and cost ${f.price(usd)} less` : ''))}.`,
    },
    'shard-skew': {
      name: 'spread over shards',
      title: (e, f) => `This shard's peak is ${tell(e, 'skew', (s) => f.number(s, 2))} times the mean of its cluster`,
      body: (e, f) =>
        `${skewCause(e, f)} Every shard has to be bought at the size of the largest: move slots before buying${tell(e, 'evenPeakBytes', (even) => `; spread evenly each would hold ${f.bytes(even)}`)}${tell(e, 'moveBytes', (move) => `, for which this one gives away ${f.bytes(move)}`)}.`,
    },
    'failover-unsafe': {
      name: 'failover',
      title: (e) => {
        switch (e.reason) {
          case 'short':
            return `After a failover this replica could not hold the load of ${word(e, 'primaryId', 'its primary')}: its ${SHORT_IN_WORDS[word(e, 'shortIn', '')] ?? 'machine is'} too small`;
          case 'smaller':
            return `This replica is smaller than its primary in ${word(e, 'shortIn', 'machine')}, and holds the load so far`;
          case 'one-zone':
            return `When zone ${word(e, 'zone', '')} fails, nothing outside it holds the load of this primary`;
          default:
            return `This primary has no replica: when it fails, its data are gone`;
        }
      },
      body: (e, f) => {
        switch (e.reason) {
          case 'short':
            return `The primary reached ${tell(e, 'residentBytes', f.bytes, 'an unknown amount')} resident${tell(e, 'machineBytes', (n) => ` against a machine of ${f.bytes(n)} here`)}, and ${tell(e, 'dataBytes', f.bytes, 'an unknown amount')} of data${tell(e, 'maxmemoryBytes', (n) => (n > 0 ? ` against a maxmemory of ${f.bytes(n)}` : ''))}. A replica does not keep to its limit while it is one; once it is the primary, it evicts, refuses writes or is killed.`;
          case 'smaller':
            return 'It has less room for growth than the primary whose place it would take. Give both the same machine and limit.';
          case 'one-zone':
            return 'Its replicas are in the same zone, or those elsewhere are too small. Place one that holds the load in another zone.';
          default:
            return 'The other shards go on, but what this one held has to be loaded again. A replica of the same size takes over within seconds.';
        }
      },
    },
    'lifetime-peak-outside-window': {
      name: 'peaks before this history',
      title: (e, f) =>
        `Before this history used memory was ${tell(e, 'lifetimePeakBytes', f.bytes)} once, against ${tell(e, 'peakBytes', f.bytes)} in it`,
      body: () =>
        'The server remembers its highest use since it started, but not always when that was. If it can come back, give a longer history or --growth.',
    },
    'engine-end-of-life': {
      name: 'version of the server',
      title: (e) => `Redis ${word(e, 'version', '')} gets no fixes from its makers any more`,
      body: (e) =>
        `Its line was left out of the security releases of ${word(e, 'knownOn', 'late 2025')}. Plan an upgrade, unless the distribution that built it still repairs its own package.`,
    },
    'machine-memory-doubtful': {
      name: 'memory of the machine',
      title: (e, f) => {
        const total = tell(e, 'systemMemoryBytes', f.bytes);
        const other = tell(e, 'otherBytes', f.bytes);
        switch (e.reason) {
          case 'less-than-resident':
            return `${tell(e, 'usedMemoryRssBytes', f.bytes)} were resident, more than the ${total} that the machine is said to have`;
          case 'more-than-told':
            return `The machine is taken to have ${total}, and ${MACHINE_WORDS[word(e, 'otherSource', '')] ?? ''} tells ${other}`;
          case 'limit-above-host':
            return `The container may use ${other}, and its host has ${total}: the host counts`;
          case 'limit-changed':
            return `The memory of the container was changed, last to ${total}`;
          default:
            return 'Nothing contradicts the memory of the machine';
        }
      },
      body: (e, f) => {
        switch (e.reason) {
          case 'less-than-resident':
            return `The figure ${MACHINE_WORDS_OF[word(e, 'source', '')] ?? ''} cannot be right for ${tell(e, 'rssAt', f.dateTime)}: give the memory of the machine or container with --system-memory. Ratios to it and limits from it are wrong until then.`;
          case 'more-than-told':
            return e.otherSource === 'container'
              ? 'A server cannot use more than its container may: beyond the smaller figure the kernel kills it. If the limit is to be raised, this is the plan for that; else give the smaller figure with --system-memory.'
              : 'That is right if the machine has grown since the server started, or will; else give the smaller figure with --system-memory.';
          case 'limit-above-host':
            return 'Such a limit never works: the memory of the host ends first.';
          case 'limit-changed':
            return `The change was before ${tell(e, 'changedAt', f.dateTime)}. Ratios are to the limit of their time, advice to the newest.`;
          default:
            return '';
        }
      },
    },
    'averaged-input': {
      name: 'averaged input',
      title: () => 'The input holds averages, so real peaks were higher than shown',
      body: () => 'Every size recommended here is a lower bound. Export maxima instead, or collect INFO itself.',
    },
    'data-old': {
      name: 'age of the data',
      title: (e, f) => `The data end ${tell(e, 'ageDays', f.days)} before this report was made`,
      body: (e, f) =>
        `Everything here is as of ${tell(e, 'toAt', f.date)}; days to come are counted from there. Newer samples would tell what holds today.`,
    },
    gaps: {
      name: 'gaps',
      title: (e, f) =>
        `${tell(e, 'gapCount', (n) => plural(n, f.number(n), 'gap', 'gaps'))} in the samples, ${tell(e, 'gapSeconds', f.duration)} in all`,
      body: () => 'Peaks inside them are known only where the server remembered a new one in used_memory_peak.',
    },
    'short-history': {
      name: 'length of the history',
      title: (e, f) => `The history covers ${tell(e, 'historyDays', f.days)}`,
      body: (e, f) =>
        e.isRefused === true
          ? `A forecast of ${tell(e, 'horizonDays', f.days)} takes at least ${tell(e, 'neededDays', f.days)} of history. Until then sizes rest on the peak seen so far.`
          : `From ${tell(e, 'neededDays', f.days)} on, weekly rhythms are seen twice and dates become firmer.`,
    },
    restarts: {
      name: 'restarts',
      title: (e, f) =>
        `The server was restarted${tell(e, 'restarts', (n) => (n === 1 ? ' once' : ` ${f.number(n)} times`))}${tell(e, 'lostFromBytes', (from) => `, and came back with ${tell(e, 'lostToBytes', f.bytes)} of ${f.bytes(from)}`)}`,
      body: (e, f) => {
        const last = `The last time was before ${tell(e, 'restartedAt', f.dateTime)}. Resident memory begins anew each time, so trends are measured only since then.`;
        const lost = `What was not saved before ${tell(e, 'lostAt', f.dateTime, 'it')}, or could not be loaded by the new process, is gone: its log tells which. Resident memory begins anew each time, so trends are measured only since then.`;
        const often =
          ' Find out why: the server’s log tells a crash or a shutdown, and after a kill for want of memory the kernel’s log does (dmesg -T | grep -i oom).';
        return `${e.lostAt === undefined ? last : lost}${e.isOften === true ? often : ''}`;
      },
    },
    'definition-change': {
      name: 'change of definitions',
      title: (e) => `The upgrade from ${word(e, 'fromVersion', '')} to ${word(e, 'toVersion', '')} changed what fragmentation figures mean`,
      body: () =>
        'allocator_frag_ratio counts less since Redis 7.4 and Valkey 8.0, so a fall on that day is no improvement. Trends are cut there.',
    },
  },

  actions: {
    'resize-up': {
      name: 'a larger machine',
      title: (v, f) =>
        v.name === undefined
          ? `Move to a machine with at least ${tell(v, 'memoryNeededBytes', f.bytes)} of memory`
          : `Move to ${tell(v, 'shards', (n) => (n > 1 ? `${f.number(n)} × ` : ''))}${word(v, 'name', '')} (${tell(v, 'memoryBytes', f.bytes)}, usable ${tell(v, 'usableBytes', f.bytes)})`,
      detail: (v, f) =>
        `${tell(v, 'priceUsdHour', (usd) => `${f.price(usd)} on demand. `)}${tell(v, 'fillAtHorizon', (r) => `The projected peak fills ${f.percent(r)} of what is usable. `)}${v.isAfterDefrag === 'yes' ? 'Make this report again when defragmentation has worked: it may do without.' : ''}`.trim(),
      expect: (a, f) => `used_memory_rss stays below ${tell(a.values, 'targetBytes', f.bytes, 'its target share')} also at the daily peak`,
    },
    'move-to-target': {
      name: 'the move',
      title: (v, f) =>
        `Move to ${tell(v, 'shards', (n) => (n > 1 ? `${f.number(n)} × ` : ''))}${word(v, 'name', '')} (${tell(v, 'memoryBytes', f.bytes)}${tell(v, 'usableBytes', (n) => `, usable ${f.bytes(n)}`)})`,
      detail: (v, f) =>
        `${tell(v, 'priceUsdHour', (usd) => `${f.price(usd)} on demand. `)}${tell(v, 'fillAtHorizon', (r) => `The planned peak fills ${f.percent(r)} of what is usable. `)}${tell(v, 'maxmemoryBytes', (n) => `The plan asks for a maxmemory of ${f.bytes(n)} there.`)}`.trim(),
      expect: (a, f) =>
        `on the new server used_memory_rss stays below ${tell(a.values, 'targetBytes', f.bytes, 'its target share')} also at the daily peak`,
    },
    'resize-down': {
      name: 'a smaller machine',
      title: (v, f) =>
        v.name === undefined
          ? `A smaller machine would do: ${tell(v, 'memoryNeededBytes', f.bytes)} of memory are enough`
          : `Move down to ${tell(v, 'shards', (n) => (n > 1 ? `${f.number(n)} × ` : ''))}${word(v, 'name', '')} (${tell(v, 'memoryBytes', f.bytes)})`,
      detail: (v, f) =>
        `${tell(v, 'fillAtHorizon', (r) => `The projected peak fills ${f.percent(r)} of what is usable there.`)}${tell(v, 'savedUsdHour', (usd) => (usd > 0 ? ` It costs ${f.price(usd)} less.` : ''))}`.trim(),
      expect: (a, f) => `used_memory_rss stays below ${tell(a.values, 'targetBytes', f.bytes, 'its target share')} also at the daily peak`,
    },
    'set-maxmemory': {
      name: 'a maxmemory',
      title: (v, f) => `${v.isAfterResize === 'yes' ? 'Then set' : 'Set'} maxmemory to ${tell(v, 'maxmemoryBytes', f.bytes)}`,
      detail: (v) => keepWords(v),
      expect: limitExpectation,
    },
    'raise-maxmemory': {
      name: 'a higher maxmemory',
      title: (v, f) =>
        `${v.isAfterResize === 'yes' ? 'Then raise' : 'Raise'} maxmemory${tell(v, 'fromBytes', (n) => ` from ${f.bytes(n)}`)} to ${tell(v, 'maxmemoryBytes', f.bytes)}`,
      detail: (v, f) =>
        `${v.reason === 'evictions' ? `A step to try: the hit ratio shows what it brings${tell(v, 'safeBytes', (n) => `, and the machine safely holds up to ${f.bytes(n)}`)}. ` : ''}${keepWords(v)}`.trim(),
      expect: limitExpectation,
    },
    'lower-maxmemory': {
      name: 'a lower maxmemory',
      title: (v, f) =>
        `${v.isAfterResize === 'yes' ? 'Then lower' : 'Lower'} maxmemory${tell(v, 'fromBytes', (n) => ` from ${f.bytes(n)}`)} to ${tell(v, 'maxmemoryBytes', f.bytes)}`,
      detail: (v, f) =>
        `${v.isAfterResize === 'yes' ? 'The new machine too does not hold the present limit. ' : v.isBeforeResize === 'yes' ? 'The smaller machine would not hold the present limit. ' : ''}${tell(v, 'peakBytes', (n) => `The highest peak counts ${f.bytes(n)}, so nothing is evicted by it today. `)}${keepWords(v)}`.trim(),
      expect: limitExpectation,
    },
    'enable-activedefrag': {
      name: 'activedefrag',
      title: () => 'Turn on active defragmentation',
      detail: (v) =>
        `It works while the server runs, at the cost of some processor time, and stops by itself when there is little left to gain.${v.isOnce === 'yes' ? ' After one mass delete it has nothing more to do: turn it off again when it has worked.' : ''}${v.isUnsure === 'yes' ? ' A build without its own, patched jemalloc refuses the line: then only a restart, or a failover to a fresh replica, closes the holes.' : ''}`,
      expect: (a, f) =>
        a.values.areHolesTold === 'no'
          ? 'active_defrag_running is above 0 within seconds, and used_memory_rss falls within minutes to hours; where it stays 0, the server sees no holes, and turning it off again loses nothing'
          : `active_defrag_running is above 0 within seconds, and used_memory_rss falls${gainWords(a, f)} within minutes to hours`,
    },
    'tune-activedefrag': {
      name: 'activedefrag settings',
      title: () => 'Change the settings of active defragmentation',
      detail: () => 'See the table under Fragmentation for each value and its reason.',
      expect: () => 'active_defrag_running and the growth of active_defrag_hits follow the new values within seconds',
    },
    'disable-activedefrag': {
      name: 'turning activedefrag off',
      title: () => 'Turn active defragmentation off',
      detail: (v) => (v.reason === 'crash' ? 'It can crash this version.' : 'It gives nothing back here.'),
      expect: () => 'active_defrag_running is 0 within a second',
    },
    'leave-activedefrag': {
      name: 'activedefrag',
      title: (v, f) => `Leave activedefrag off${tell(v, 'gainBytes', (n) => `: it could give back at most ${f.bytes(Math.max(0, n))}`)}`,
      detail: (v) => LEAVE_WORDS[word(v, 'diagnosis', '')] ?? '',
      expect: () => '',
    },
    'let-defrag-finish': {
      name: 'waiting for activedefrag',
      title: () => 'Let active defragmentation finish',
      detail: () => 'It is at work. A restart now would give nothing that it will not.',
      expect: (a, f) => `used_memory_rss falls${gainWords(a, f)} until active_defrag_running is 0`,
    },
    'memory-purge': {
      name: 'MEMORY PURGE',
      title: () => 'Return freed pages with MEMORY PURGE',
      detail: () => 'It runs on the main thread: use a quiet hour.',
      expect: (a, f) => `used_memory_rss falls${gainWords(a, f)} at once`,
    },
    restart: {
      name: 'a restart',
      title: (v) =>
        v.hasReplicas === 'yes' ? 'Fail over to a fresh replica, then restart this node' : 'Restart the server in a quiet hour',
      detail: (v) =>
        v.hasReplicas === 'yes'
          ? 'The copy is written without holes; clients reconnect once.'
          : 'Resident memory begins anew. Without saved data the cache is cold afterwards.',
      expect: (a, f) => `used_memory_rss of the new process is${gainWords(a, f)} lower for the same used_memory`,
    },
    'jemalloc-build': {
      name: 'a build with jemalloc',
      title: () => 'Replace the server by a build with its bundled jemalloc',
      detail: () => 'Only such a build can run activedefrag; packages of some distributions use the system’s allocator.',
      expect: () => 'mem_allocator begins with jemalloc-, and CONFIG SET activedefrag yes is accepted',
    },
    'stop-swapping': {
      name: 'less swapping',
      title: () => 'Get the process out of swap',
      detail: (v, f) =>
        `${tell(v, 'swappedBytes', (n) => `About ${f.bytes(n)} are on disk. `)}Take away what pushes it out: a container’s limit that is too low, other processes, eager swapping, or too little memory. Then restart or fail over.`,
      expect: () => 'used_memory_rss is above used_memory again',
    },
    'fix-saves': {
      name: 'working saves',
      title: (v) => `Repair the failing ${SAVE_WORDS[word(v, 'field', '')] ?? 'save'}`,
      detail: () =>
        'The server log names the reason: usually a full disk, missing rights, or no memory for the fork (vm.overcommit_memory must be 1).',
      expect: () => 'every status is ok after the next save',
    },
    'raise-backlog': {
      name: 'a larger replication backlog',
      title: (v, f) => `Raise the replication backlog to ${tell(v, 'backlogBytes', f.bytes)}`,
      detail: () => 'It counts as used memory from then on.',
      expect: (a) => `repl_backlog_size shows ${tell(a.values, 'backlogBytes', String, 'the new size')}`,
    },
    'limit-replica-buffers': {
      name: 'bounded replica buffers',
      title: () => 'Find the replica that lags, and bound its buffer',
      detail: (v, f) =>
        `Its buffers took up to ${tell(v, 'notCountedBytes', f.bytes, 'much')}. The limit disconnects a replica that holds over 64 MiB for a minute, or 256 MiB at once. Where the first line shows lower limits, keep those.`,
      expect: () => 'lag stays near 0; a replica that falls behind is disconnected and copies everything anew',
    },
    'limit-client-memory': {
      name: 'bounded client memory',
      title: () => 'Bound the memory of clients',
      detail: (v, f) =>
        `Their buffers took up to ${tell(v, 'clientBytes', f.bytes, 'much')}. Clients over the limit are disconnected, the largest first.`,
      expect: () => 'mem_clients_normal stays below the limit',
    },
    'fit-replica': {
      name: 'a replica as large as its primary',
      title: (v, f) =>
        v.maxmemoryBytes === undefined
          ? `Give this replica the machine of its primary${tell(v, 'neededBytes', (n) => `: ${f.bytes(n)}`)}`
          : `Raise maxmemory of this replica to ${tell(v, 'maxmemoryBytes', f.bytes)}, as its primary has it`,
      detail: (v, f) =>
        v.maxmemoryBytes === undefined
          ? 'Then set the same maxmemory on both.'
          : `It has ${tell(v, 'fromBytes', f.bytes, 'less')} now, and its machine carries more.`,
      expect: () => 'both servers tell the same maxmemory and machine',
    },
    'add-replica': {
      name: 'a replica to take over',
      title: (v) => (v.zone === undefined ? 'Add a replica of this primary' : `Place a replica of this primary outside zone ${v.zone}`),
      detail: () =>
        'It needs the machine and the maxmemory of the primary. Its first copy makes the primary fork, so watch memory while it runs.',
      expect: () => 'connected_slaves counts the new replica, state=online, lag near 0',
    },
    'flush-scripts': {
      name: 'an empty script cache',
      title: () => 'Empty the script cache, and let one script serve all values',
      detail: (v, f) =>
        `${tell(v, 'cachedScripts', (n) => `Up to ${f.number(n)} scripts were cached. `)}Clients that call EVALSHA must load their scripts again: check that they do on NOSCRIPT. Where values are still written into the text, it fills again.`,
      expect: () => 'number_of_cached_scripts stays low',
    },
    'repair-scripts': {
      name: 'repaired scripts',
      title: (v, f) => `Find what keeps ${tell(v, 'heapBytes', f.bytes, 'much')} in the Lua heap`,
      detail: () =>
        'INFO memory tells used_memory_vm_functions and used_memory_vm_eval apart; FUNCTION LIST WITHCODE shows the libraries. What a library keeps in a Lua variable goes when the repaired one is loaded (FUNCTION LOAD REPLACE) and Lua has collected the rest, or for a while with a restart; SCRIPT FLUSH does not free it.',
      expect: () => 'both stop growing, and fall to some hundred KiB',
    },
    'set-eviction-policy': {
      name: 'an eviction policy',
      title: () => 'If the data may be dropped, let the server evict',
      detail: (v) =>
        `The policy is ${word(v, 'policy', 'noeviction')}: at the limit writes fail. Leave it so where every key must be kept.`,
      expect: () => 'evicted_keys grows where writes were refused before',
    },
    'upgrade-engine': {
      name: 'an upgrade of the server',
      title: (v) =>
        v.toVersion === undefined
          ? 'Upgrade the server to a maintained version'
          : `Upgrade the server to ${word(v, 'toVersion', '')} or later`,
      detail: (v) =>
        v.reason === 'crash'
          ? 'Earlier releases of this line can crash while they defragment.'
          : v.reason === 'aof-rewrite'
            ? 'It rewrites the append-only file without holding the writes of that time in memory, which made the peak. Until then, rewrite when few keys are written.'
            : '',
      expect: () => '',
    },
    'collect-more': {
      name: 'a longer history',
      title: (v, f) => `Keep collecting${tell(v, 'neededDays', (d) => ` until there are ${f.days(d)} of history`)}`,
      detail: () =>
        'The first line keeps a sample a minute in a folder that the report reads; the second is for cron where only the client is at hand, and the report reads that file.',
      expect: () => '',
    },
    'fix-input': {
      name: 'better input',
      title: (v) => INPUT_WORDS[word(v, 'reason', '')]?.title ?? 'Give the memory of the machine',
      detail: (v) =>
        INPUT_WORDS[word(v, 'reason', '')]?.detail ??
        'With --system-memory or --instance the report can say how full the machine is and what fits.',
      expect: () => '',
    },
    'move-slots': {
      name: 'moving slots',
      title: (v, f) => `Move ${tell(v, 'moveBytes', f.bytes, 'data')} of slots to the other shards, before anything is bought`,
      detail: (v, f) =>
        `Spread evenly, each of the ${tell(v, 'shards', f.number, '')} shards holds ${tell(v, 'peakBytes', f.bytes, 'the same')} and needs a machine of ${tell(v, 'memoryNeededBytes', f.bytes, 'its size')} with a maxmemory of ${tell(v, 'maxmemoryBytes', f.bytes, 'its share')}: the present machines hold that. ${tell(v, 'slots', f.number, 'How many')} slots are the estimate for slots of one size; CLUSTER COUNTKEYSINSLOT tells which are large. Move a part, look, and go on.`,
      expect: () => 'used_memory of this shard falls and that of the others rises as the slots move',
    },
    'add-shards': {
      name: 'more shards',
      title: (v, f) =>
        `Spread the data over ${tell(v, 'shards', f.number, 'more')} shards of ${v.name === undefined ? tell(v, 'memoryNeededBytes', f.bytes, 'this size') : word(v, 'name', 'this type')}`,
      detail: (v, f) =>
        v.reason === 'asked'
          ? `As planned with --shards: each with a maxmemory of ${tell(v, 'maxmemoryBytes', f.bytes, 'its share')}. This needs cluster mode and clients that support it.`
          : 'No single node of the offering is large enough. This needs cluster mode and clients that support it.',
      expect: () => 'each shard’s used_memory comes down to its share when the slots have moved',
    },
    nothing: {
      name: 'nothing',
      title: (v) =>
        v.reason === 'evictions'
          ? 'Decide whether the cache is worth more memory'
          : v.otherFindings === undefined
            ? 'Nothing needs to be done now'
            : 'Nothing about memory needs to be done now',
      detail: (v) =>
        v.reason === 'evictions'
          ? 'No higher limit is known to fit this machine, and evictions hide how much is asked for; the hit ratio tells what is lost.'
          : v.otherFindings === undefined
            ? ''
            : 'The findings tell what else is worth a look.',
      expect: () => '',
    },
  },

  verdicts: {
    safe: {
      headline: (v, f) =>
        `Memory ${v.isOld === 'yes' ? 'was safe' : `is safe${tell(v, 'horizonDays', (d) => ` for the next ${f.days(d)}`)}`}${v.criticalFindings === undefined ? '' : ', but something else needs action: see the findings'}.`,
      group: (v, f) =>
        `Memory ${v.isOld === 'yes' ? 'was' : 'is'} safe on ${groupNodes({ nodes: v.nodes ?? 0 }, f)}${v.isOld === 'yes' ? '' : tell(v, 'horizonDays', (d) => ` for the next ${f.days(d)}`)}${v.criticalFindings === undefined ? '' : ', but something else needs action: see the findings'}.`,
    },
    oversized: {
      headline: (v, f) =>
        `Memory ${v.isOld === 'yes' ? 'was' : 'is'} safe, and the machine ${v.isOld === 'yes' ? 'was' : 'is'} larger than needed: ${tell(v, 'memoryNeededBytes', f.bytes, 'less')} would do${tell(v, 'systemMemoryBytes', (n) => ` instead of ${f.bytes(n)}`)}.`,
      group: (v, f) =>
        `Memory ${v.isOld === 'yes' ? 'was' : 'is'} safe, and the machines ${v.isOld === 'yes' ? 'were' : 'are'} larger than needed: ${tell(v, 'memoryNeededBytes', f.bytes, 'less')} each would do${tell(v, 'systemMemoryBytes', (n) => ` instead of ${f.bytes(n)}`)}.`,
    },
    'move-to-target': {
      headline: (v, f) =>
        `Take ${tell(v, 'targetShards', (n) => (n > 1 ? `${f.number(n)} × ` : ''))}${word(v, 'targetName', 'the recommended size')} for the move${tell(v, 'targetFill', (r) => `: the planned peak fills ${f.percent(r)} of what is usable there`)}.`,
    },
    'move-slots': {
      headline: (v, f) =>
        `Spread the data over the shards: this one is the reason to buy, and the machines that are there would do${tell(v, 'earliestAt', (at) => `; by ${f.date(at)}`)}.`,
      group: (v, f) =>
        `Spread the data over the shards: ${word(v, 'hottest', 'one of them')} is the reason to buy, and the machines that are there would do${tell(v, 'earliestAt', (at) => `; by ${f.date(at)}`)}.`,
    },
    'resize-before': {
      headline: (v, f) =>
        `${roomFrom(v, f)}${tell(
          v,
          'earliestAt',
          (at) => ` before ${f.date(at)}`,
          tell(v, 'memoryNeededBytes', (n) => `: ${f.bytes(n)} hold this load safely`),
        )}${tell(v, 'interimMaxmemoryBytes', (n) => `; until then, cap maxmemory at ${f.bytes(n)}`)}.`,
      group: (v, f) =>
        `${roomForGroup(v, f)}${tell(
          v,
          'earliestAt',
          (at) => ` before ${f.date(at)}`,
          tell(v, 'memoryNeededBytes', (n) => `: ${f.bytes(n)} hold this load safely`),
        )}${tell(v, 'interimMaxmemoryBytes', (n) => `; until then, cap maxmemory at ${f.bytes(n)}`)}.`,
    },
    'resize-now': {
      headline: (v, f) =>
        v.ratioPeak === undefined || v.targetRatio === undefined || v.ratioPeak > v.targetRatio
          ? `${roomFrom(v, f)} now: the peak took ${tell(v, 'ratioPeak', (r) => `${f.percent(r)} of ${v.plannedShards === undefined ? 'it' : 'the machine'}`, 'more of it than is safe')}${tell(v, 'memoryNeededBytes', (n) => ` and needs ${f.bytes(n)}`)}${tell(v, 'interimMaxmemoryBytes', (n) => `; until then, cap maxmemory at ${f.bytes(n)}`)}.`
          : `${roomFrom(v, f)} now: with the pages that saving copies, the load needs ${tell(v, 'memoryNeededBytes', f.bytes, 'more')}.`,
      group: (v, f) =>
        `${roomForGroup(v, f)} now: ${word(v, 'node', 'one of them')} ${v.ratioPeak === undefined || v.targetRatio === undefined || v.ratioPeak > v.targetRatio ? `took ${tell(v, 'ratioPeak', (r) => `${f.percent(r)} of its machine`, 'more of its machine than is safe')} at its peak` : 'needs more with the pages that saving copies'}${tell(v, 'interimMaxmemoryBytes', (n) => `; until then, cap maxmemory at ${f.bytes(n)}`)}.`,
    },
    'lower-maxmemory': {
      headline: (v, f) =>
        `Lower maxmemory: the machine safely holds ${tell(v, 'safeMaxmemoryBytes', f.bytes, 'less')}${tell(v, 'currentMaxmemoryBytes', (n) => (n > 0 ? `, and the limit is ${f.bytes(n)}` : ''))}.`,
      group: (v, f) =>
        `Lower maxmemory on ${groupNodes(v, f)}: ${tell(v, 'safeMaxmemoryBytes', (n) => `the machine of ${word(v, 'node', 'one of them')} safely holds ${f.bytes(n)}`, 'the machines safely hold less')}${tell(v, 'currentMaxmemoryBytes', (n) => (n > 0 ? `, and the limit is ${f.bytes(n)}` : ''))}.`,
    },
    'set-maxmemory': {
      headline: (v, f) =>
        `Set maxmemory: nothing bounds this server's memory${v.isOld === 'yes' ? '' : ' today'}${tell(v, 'peakBytes', (n) => `, and it has used ${f.bytes(n)}`)}.`,
      group: (v, f) => `Set maxmemory on ${groupNodes(v, f)}: nothing bounds their memory${v.isOld === 'yes' ? '' : ' today'}.`,
    },
    'raise-maxmemory': {
      headline: (v, f) =>
        `Raise maxmemory${tell(v, 'currentMaxmemoryBytes', (n) => ` from ${f.bytes(n)}`)}${tell(v, 'maxmemoryBytes', (n) => (n > Number(v.currentMaxmemoryBytes ?? 0) ? ` to ${f.bytes(n)}` : ''))}: ${Number(v.peakBytes) < 0.85 * Number(v.currentMaxmemoryBytes) ? 'the forecast passes' : 'data come close to'} the limit.`,
      group: (v, f) =>
        `Raise maxmemory on ${groupNodes(v, f)}${tell(v, 'currentMaxmemoryBytes', (n) => ` from ${f.bytes(n)}`)}${tell(v, 'maxmemoryBytes', (n) => (n > Number(v.currentMaxmemoryBytes ?? 0) ? ` to ${f.bytes(n)}` : ''))}: ${Number(v.peakBytes) < 0.85 * Number(v.currentMaxmemoryBytes) ? 'the forecast passes' : 'data come close to'} the limit.`,
    },
    fragmentation: {
      headline: (v, f) =>
        `Fragmentation takes memory that data could use${tell(v, 'wasteBytes', (n) => (n > 0 ? `: ${f.bytes(n)} lie between used and resident memory` : ''))}.`,
    },
    'replica-buffers': {
      headline: (v, f) =>
        `A replica lags, and what waits for it takes memory that maxmemory does not bound${tell(v, 'notCountedBytes', (n) => `: up to ${f.bytes(n)}`)}.`,
    },
    'lua-heap': {
      headline: (v, f) =>
        `A script or function keeps ${tell(v, 'heapBytes', f.bytes, 'much')} in the Lua heap: repair it${tell(v, 'earliestAt', (at) => ` before ${f.date(at)}`)}, since a larger machine would only fill later.`,
    },
    'client-buffers': {
      headline: (v, f) =>
        `Client buffers made the peak${tell(v, 'clientBytes', (n) => `: they took up to ${f.bytes(n)}`)}. Bound them before anything is bought.`,
    },
    evictions: {
      headline: (v, f) =>
        v.clientBytes === undefined
          ? `The cache is too small for what is asked of it: ${tell(v, 'evictedKeys', f.number, 'many')} keys were evicted.`
          : `Client buffers push keys out of the cache: they took up to ${tell(v, 'clientBytes', f.bytes)}, and ${tell(v, 'evictedKeys', f.number, 'many')} keys were evicted.`,
    },
    refusals: {
      headline: (v, f) =>
        `Writes ${v.isOld === 'yes' ? 'were' : 'are'} being refused for lack of memory${tell(v, 'oomErrors', (n) => `: ${f.number(n)} in this period`)}.`,
    },
    swapping: {
      headline: (v, f) =>
        Number(v.ratioPeak) < Number(v.targetRatio)
          ? `The server is partly swapped out, though it took at most ${tell(v, 'ratioPeak', f.percent)} of the machine: find what pushes it out.`
          : 'The server is partly swapped out: give the machine memory now.',
    },
    'watch-growth': {
      headline: (v, f) =>
        Number(v.growthBytesPerDay) > 0
          ? `Memory ${v.isOld === 'yes' ? 'was safe and grew' : 'is safe today and grows'}${tell(v, 'earliestAt', (at) => `: a limit can be reached as early as ${f.date(at)}`, ' towards its limits')}.`
          : `Memory ${v.isOld === 'yes' ? 'was safe and did not grow' : 'is safe today and does not grow'}, but a higher peak can reach a limit${tell(v, 'earliestAt', (at) => ` as early as ${f.date(at)}`)}.`,
      group: (v, f) =>
        Number(v.growthBytesPerDay) > 0
          ? `Memory ${v.isOld === 'yes' ? 'was safe' : 'is safe today'}, and ${word(v, 'node', 'one node')} ${v.isOld === 'yes' ? 'grew' : 'grows'}${tell(v, 'earliestAt', (at) => `: it can reach a limit as early as ${f.date(at)}`, ' towards its limits')}.`
          : `Memory ${v.isOld === 'yes' ? 'was safe and did not grow' : 'is safe today and does not grow'}, but a higher peak of ${word(v, 'node', 'one node')} can reach a limit${tell(v, 'earliestAt', (at) => ` as early as ${f.date(at)}`)}.`,
    },
    'not-enough-data': {
      headline: (v, f) =>
        v.peakBytes === undefined
          ? 'This input holds no figures of used memory, and without them nothing can be said.'
          : v.ratioPeak === undefined && !(Number(v.currentMaxmemoryBytes) > 0)
            ? `This history is too short for a verdict${tell(v, 'peakBytes', (n) => `; the highest use seen is ${f.bytes(n)}`)}.`
            : v.criticalFindings !== undefined
              ? `Something needs action${v.isOld === 'yes' ? '' : ' today'}, see the findings; this history is too short to look ahead.`
              : v.troubles !== undefined
                ? `Something is worth a look${v.isOld === 'yes' ? '' : ' today'}, see the findings; this history is too short to look ahead.`
                : `Nothing ${v.isOld === 'yes' ? 'was wrong' : 'is wrong today'}, but this history is too short to look ahead.`,
    },
  },

  efforts: { nothing: 'nothing', command: 'one command', failover: 'failover', resize: 'resize', restart: 'restart', project: 'a project' },
};

/** Since when, and how often as far as the server tells. */
function failureWords(e: Readonly<Record<string, string | number | boolean>>, f: Format): string {
  const count = tell(e, 'failures', (least) => {
    const most = tell(e, 'failuresAtMost', (n) => (n > least ? ` to ${f.number(n)}` : ''), ' or more');
    return `, ${f.number(least)}${most} ${least === 1 && most === '' ? 'time' : 'times'} in this history`;
  });
  return `failed${tell(e, 'failedAt', (at) => `${e.isLasting === true ? ' since' : ' last from'} ${f.dateTime(at)}${e.isLasting === true ? '' : ' on'}`)}${count}`;
}

/** Where memory is not used, yet not in the holes that activedefrag closes. */
const LEAVE_WORDS: Readonly<Record<string, string>> = {
  'resident-unused': 'The unused pages hold no values at all, and it only moves values.',
  'process-overhead': 'The memory is outside the allocator, where it cannot reach.',
  'small-dataset': 'Below 100 MiB of waste it would not even start.',
};

/** By how much a gain is seen; nothing where it is not known. */
function gainWords({ givesBytes }: Action, format: Format): string {
  return givesBytes === undefined || givesBytes <= 0 ? '' : ` by up to ${format.bytes(givesBytes)}`;
}

function limitExpectation({ values }: Action): string {
  return `maxmemory shows ${tell(values, 'maxmemoryBytes', String, 'the new limit')}`;
}

/** Who tells the memory of the machine; and of whom a figure is. */
const MACHINE_WORDS: Readonly<Record<string, string>> = {
  option: '--system-memory',
  instance: 'the catalog',
  container: 'the limit of its container',
  host: 'the exporter of its host',
  info: 'the server itself',
};
const MACHINE_WORDS_OF: Readonly<Record<string, string>> = {
  option: 'of --system-memory',
  instance: 'of the catalog',
  container: 'of the container’s limit',
  host: 'of the host’s exporter',
  info: 'of the server itself',
};

const KEPT_WORDS: Readonly<Record<string, string>> = {
  config:
    'CONFIG REWRITE keeps it over a restart; a server started without a configuration file refuses that line, and the limit belongs in its start options.',
  helm: 'The first line works at once; the second restarts the pod and replaces what that value of the chart held before.',
};

/** Scripts from this count on were made by writing values into them. */
const MANY_SCRIPTS = 1000;

/** What a version does where the new table does not fit below the limit. */
function tableWithoutRoom(e: Values, f: Format): string {
  const about = (n: number) => f.number(Number(n.toPrecision(3)));
  const keys = tell(e, 'evictedKeys', (n) => ` (about ${plural(n, about(n), 'key', 'keys')})`);
  const cost =
    e.evictsNothing === true
      ? 'writes are refused until the old table is freed or room is made'
      : `${tell(e, 'shortBytes', f.bytes)} of data${keys} are evicted at once`;
  if (e.outcome === 'taken') return ` This version does not look at the limit: ${cost}.`;
  if (e.outcome === 'put-off-then-taken')
    return ` This version puts the step off while it would pass the limit, and lookups take longer. At ${tell(e, 'putOffEntries', f.number)} entries, in about ${tell(e, 'daysUntilPutOff', f.days)}, it is taken all the same (${tell(e, 'putOffAllocatedBytes', f.bytes)} at once), and ${cost}.`;
  if (e.outcome === 'put-off')
    return ` This version puts the step off while it would pass the limit, which is full of data first (in about ${tell(e, 'daysUntilLimit', f.days)}, at about ${tell(e, 'entriesAtLimit', about)} entries): nothing is evicted for it, and lookups take a little longer. The first write after the limit is raised takes it: count ${tell(e, 'allocatedBytes', f.bytes)} into the new limit.`;
  return '';
}

/** How a setting survives a restart, on servers of one's own. */
function keepWords(values: Values): string {
  const host =
    values.isHost === 'yes'
      ? 'The memory of the machine is what the server sees: in a container, give its own with --system-memory first. '
      : '';
  const kept = KEPT_WORDS[word(values, 'isKept', '')] ?? '';
  return `${host}${kept}`.trim();
}
