import type { BudgetLineId, Diagnosis, GradeReasonId, PlanNote, Spread, WhatIfId } from '../../model/analysis.ts';
import type { GapReason } from '../../model/gap-reason.ts';
import type { KeyspaceServerReason } from '../../model/keyspace-sample.ts';
import type { Format } from '../format-type.ts';

/** What a figure would have to be (in the unit of the flaw; undefined where it is no matter of more or less) for a better grade. */
type GradeReasonWords = (f: Format, need: number | undefined) => string;

/** A doubling of a hash table, each part as finished text. */
interface PastStepWords {
  readonly table: string;
  readonly time: string;
  readonly threshold: string;
  readonly expected: string;
  readonly observed: string;
  readonly permanent: string;
}

/** Words of the report itself. Arguments arrive as finished text unless they are called `count`. */
export const reportWords = {
  product: 'redis-headroom',
  title: 'Memory capacity report',
  fleetSubject: (count: string) => `${count} nodes`,
  made: (date: string) => `made ${date}`,
  madeLater: (date: string, days: string) => `made ${date}, ${days} later`,
  /** Before a verdict on data that end long before the report. */
  asOf: (date: string, days: string, sentence: string) => `As of ${date}, ${days} before this report: ${sentence}`,
  period: (from: string, to: string) => (from === to ? from : `${from} – ${to}`),
  orderOnlyPeriod: 'times not known, only their order',
  documentTitle: (title: string, subject: string, period: string) => `${title}: ${subject}, ${period}`,
  status: { ok: 'SAFE', wasOk: 'WAS SAFE', watch: 'WATCH', act: 'ACTION NEEDED', unknown: 'NOT ENOUGH DATA' },
  fixed: {
    page: 'page',
    of: 'of',
    copy: 'Copy',
    copied: 'Copied',
    contents: 'Contents',
    skip: 'Skip to the evidence',
    measured: 'measured',
    derived: 'derived',
    assumed: 'assumed',
    linkTo: 'Link to this part',
    reading: 'Read by time',
    noSamples: 'no samples',
    linesAndZoom: 'Lines and zoom',
    show: 'Show',
    zoomIn: 'Zoom in',
    zoomOut: 'Zoom out',
    earlier: 'Earlier',
    later: 'Later',
    wholePeriod: 'Whole period',
    cutAxis: 'The axis does not begin at 0 here',
    zoomHint:
      'Drag across a chart to zoom into all of them. With the keyboard, go to the chart: arrow keys read it, + and − zoom, Esc shows the whole period.',
    shown: 'Shown',
    filter: 'Filter rows',
    rowsShown: 'rows shown',
    formula: 'Formula',
    inputs: 'With',
    basis: 'Basis',
    source: 'Source',
    checks: 'How to check and undo each step',
    overleaf: 'More about each step, how to check it and how to undo it: next page.',
    openAll: 'Open all explanations',
    closeAll: 'Close all explanations',
  },
  footer: (tool: string, version: string, zone: string) => `${tool} ${version} · times in ${zone}`,
  unknown: 'not known',
  none: 'none',

  summary: {
    peak: (value: string, when: string) => `Peak used memory was ${value} on ${when}.`,
    peakRecovered: (value: string, when: string) => `Used memory peaked at ${value} before ${when}, between two samples.`,
    planned: (list: string) => `Planned are ${list}.`,
    plan: {
      growth: (share: string) => `growth of ${share}`,
      imported: (bytes: string) => `${bytes} of data loaded at once`,
      replicas: (count: number, told: string) => (count === 1 ? 'one replica' : count === 0 ? 'no replicas' : `${told} replicas`),
      persistence: { none: 'no persistence', rdb: 'snapshots (RDB)', aof: 'an append-only file' },
      policy: { cache: 'a cache that may evict', store: 'a store that evicts nothing' },
      shards: (count: string) => `${count} shards`,
      engine: (name: string, version: string) => `${name} ${version}`,
    },
    ofMachine: (share: string) => `RSS was at most ${share} of the machine.`,
    noMachine: 'How much memory the machine has is not known.',
    madeBy: {
      burst: (parts: string, bytes: string) => `${parts} made ${bytes} of that.`,
      data: (over: string) => `Data made ${over} of that, above the usual level of the day.`,
      growth: (parts: string) => `It is the end of growth of ${parts}, not a burst.`,
      table: (bytes: string) => `A hash table that doubled made ${bytes} of that.`,
      unseen: 'What made it is not known.',
    },
    noRss: 'Without resident memory (used_memory_rss) its share of the machine is not known.',
    crossed: (count: number, told: string, time: string, target: string) =>
      count === 1
        ? `${target} of the machine was passed once, for ${time}.`
        : `${target} of the machine was passed ${told} times, for ${time} in all.`,
    ofLimit: (share: string) => `It reached ${share} of maxmemory.`,
    countedOfLimit: (bytes: string, share: string) =>
      `What maxmemory counts reached ${bytes}, ${share} of it; replica buffers are not counted.`,
    growth: (perDay: string) => `It grows by ${perDay} a day.`,
    asEarlyAs: (what: string, date: string, probable: string | undefined) =>
      `${what} can be reached as early as ${date} (10 % chance)${probable === undefined ? '' : `, more likely by ${probable}`}.`,
    couldBeReached: (what: string, date: string, probable: string | undefined) =>
      `${what} could be reached from ${date} on (10 % chance)${probable === undefined ? '' : `, more likely by ${probable}`}: that day has passed, so look at newer data.`,
    spike: (what: string, horizon: string, chance: string) =>
      `A higher peak can reach ${what} within ${horizon} (${chance} chance), though nothing grows towards it.`,
    notExpected: (what: string, horizon: string) => `${what} is not expected to be reached within ${horizon}.`,
    reached: (what: string) => `${what} has been reached already.`,
    limitTarget: (target: string) => `${target} of the machine`,
    limitMaxmemory: 'maxmemory',
    refused: (reason: string) => `No forecast: ${reason}.`,
    fragmentation: {
      healthy: 'Fragmentation is not a problem.',
      'small-dataset': 'The dataset is small: the fragmentation ratio means nothing at this size.',
      'retained-after-peak': 'RSS stayed near its peak after memory was freed; that room is reused when data come back.',
      'external-fragmentation': 'Memory is fragmented: holes between the data take RAM that nothing uses.',
      'resident-unused': 'The allocator holds freed pages that it has not yet given back.',
      'process-overhead': 'Much resident memory lies outside the allocator: modules, scripts or stacks.',
      swapping: 'Part of the process is swapped out, which stalls every command that touches it.',
      'unknown-allocator': 'The allocator gives no figures, so fragmentation cannot be told apart.',
      'not-enough-data': 'There are too few figures to judge fragmentation.',
    } satisfies Record<Diagnosis, string>,
  },

  refusal: {
    'history-too-short': (has: string, needs: string) => `it needs ${needs} of history and has ${has}`,
    'horizon-too-long': (has: string, needs: string) =>
      `this horizon needs ${needs} of history, and there are ${has}; a shorter --horizon would give one`,
    'too-few-days': (has: string, needs: string) => `${needs} with samples are needed, this has ${has}`,
    'at-maxmemory': () => 'used memory is held at maxmemory, so demand beyond it is hidden',
    'no-data': () => 'no memory figures in this history',
  },

  figure: {
    peak: 'Peak used',
    machine: 'Machine at peak',
    days: (target: string) => `Until ${target} of the machine`,
    daysMaxmemory: 'Until maxmemory',
    maxmemory: 'maxmemory',
    instance: 'Instance',
    need: 'Memory needed',
    target: (target: string) => `target ${target}`,
    targetOfHost: (target: string) => `target ${target} of the host`,
    machineUnknown: 'give --system-memory',
    rssUnknown: 'no used_memory_rss',
    crossed: (date: string) => `crossed ${date}`,
    episodes: (count: number, told: string, time: string) => (count === 1 ? `1 episode, ${time}` : `${told} episodes, ${time}`),
    beyond: (days: string) => `over ${days}`,
    interval: (early: string, likely: string) => `${early} to ${likely}`,
    from: (date: string) => `from ${date}`,
    passed: (date: string) => `from ${date}, now past`,
    countedFrom: (date: string) => `counted from ${date}`,
    chance: (share: string) => `${share} chance`,
    ofSpike: (days: string) => `of a spike within ${days}`,
    noForecast: 'no forecast',
    hasNeeds: (has: string, needs: string) => `needs ${needs}, has ${has}`,
    change: (from: string, to: string) => `${from} → ${to}`,
    unlimited: 'unlimited',
    noChange: 'as it is set now',
    whyMaxmemory: 'from the memory budget',
    whyStep: 'as the steps below say',
    eachShard: (shards: string) => `each of ${shards} shards`,
    machineNeeded: 'smallest machine that is safe',
    enoughFor: (limit: string) => `enough with maxmemory at ${limit}`,
    recovered: 'between two samples',
    atLimit: 'at its limit now',
    perHour: (price: string, region: string) => `${price} in ${region}`,
  },

  memory: {
    title: 'Memory over time',
    chart: {
      flat: 'RSS and used memory moved together',
      retained: 'RSS stayed near its peak while used memory fell',
      growing: 'Used memory grows',
      above: (target: string) => `Resident memory passed the ${target} line`,
      limit: 'Used memory is held at maxmemory',
      plain: 'Memory over the period',
    },
    used: 'used',
    rss: 'RSS',
    counted: 'counted',
    maxmemory: 'maxmemory',
    recommended: 'recommended maxmemory',
    target: (target: string) => `${target} of machine`,
    machine: 'machine',
    peakMark: (value: string, when: string) => `peak ${value}, ${when}`,
    recoveredMark: (value: string) => `${value} between two samples`,
    restartMark: (when: string) => `restart ${when}`,
    resetMark: (when: string) => `statistics reset ${when}`,
    saveMark: (when: string) => `save ${when}`,
    stepMark: (bytes: string) => `hash table ${bytes}`,
    alt: (from: string, to: string, highest: readonly string[], course: string | undefined, limits: readonly string[]) =>
      [
        `Memory from ${from} to ${to}.`,
        course ?? '',
        highest.length === 0 ? 'No figures of memory in it.' : `Highest sample: ${highest.join(', ')}.`,
        limits.length === 0 ? '' : `Limits: ${limits.join(', ')}.`,
      ]
        .filter((sentence) => sentence !== '')
        .join(' '),
    altCourse: (start: string, end: string) => `Used memory begins at ${start} and ends at ${end}.`,
    altUsed: (value: string) => `used memory ${value}`,
    altRss: (value: string) => `resident memory ${value}`,
    limitChanges: (list: string) => `maxmemory was changed: ${list}. The line begins at the newest change.`,
    limitChange: (from: string, to: string, when: string) => `${from} → ${to} (seen ${when})`,
    ratioTitle: (share: string) => `The machine was at most ${share} full`,
    ratioAlt: (share: string, target: string) =>
      `Resident memory as a share of the machine's memory over time, at most ${share}, with a line at ${target}.`,
    ratioLabel: 'share of machine',
    episodeIntro: (target: string) => `Stretches above ${target} of the machine`,
    episode: { from: 'From', to: 'To', lasted: 'Lasted', max: 'Highest' },
    moreEpisodes: (count: string) => `and ${count} more`,
    noMachine: 'The memory of the machine is not known, so no ratio can be given. Add --system-memory, for example --system-memory 16GiB.',
    noRss: 'Resident memory (used_memory_rss) is not in this history, so no ratio of the machine can be given.',
    hostWarning:
      'The machine’s memory is that of the host. In a container the container’s limit counts, which is not in this history: give --system-memory then.',
    cause: {
      level: 'The peak does not stand out: it is the usual level of the day around it.',
      rise: (over: string, usual: string, parts: string) =>
        `It stood ${over} above the usual level of the day around it (${usual}). That rise was made of ${parts}.`,
      growth: (over: string, usual: string, parts: string | undefined) =>
        `The peak is the end of growth, not a burst: it lies ${over} above the level at the beginning (${usual})${parts === undefined ? '' : `, and ${parts} made that`}.`,
      part: (name: string, bytes: string, share: string) => `${name} (${bytes}, ${share})`,
      doubled: (bytes: string) => `A hash table that doubled took ${bytes} of that.`,
      oldTable: (bytes: string) => `Of the hash tables, ${bytes} are old ones, freed once their entries have moved.`,
      lazyfree: (objects: string) =>
        `At that moment ${objects} deleted objects were still to be freed: their memory counts as data until then.`,
      queued:
        'The keys did not grow with it, and it was gone within minutes: before Redis 7.0 the commands that a MULTI queues count as data, so a large transaction looks the same.',
      unseen: 'What the peak was made of is not known: it fell between two samples, and only used_memory_peak saw it.',
    },
    seenPeak: (value: string) => `The peak was ${value}.`,
    seenSample: (value: string, peak: string) => `The highest sample is ${value}; between two samples it was ${peak} for a moment.`,
    partsTotal: 'used memory, highest sample',
    partsRest: 'what no sample saw',
    overHead: 'Rise',
    partsIntro: 'What used memory was made of at its peak',
    partsIntroSample: 'What used memory was made of in the highest sample, below the peak',
    part: {
      dataset: 'data',
      dataOrQueued: 'data or queued commands',
      hashTables: 'hash tables',
      overhead: 'overhead',
      startup: 'server at start',
      normalClients: 'client buffers',
      replicaClients: 'replica buffers',
      replicationBacklog: 'replication backlog',
      aofBuffer: 'AOF buffer',
      scripts: 'script cache',
      luaVm: 'Lua',
      clusterLinks: 'cluster links',
      fullSyncBuffer: 'the buffer of a full synchronization',
      slotMigrationOutput: 'slots on their way out',
      slotMigrationInput: 'slots on their way in',
      rehashing: 'tables being rehashed',
      other: 'what no part explains',
    } as Readonly<Record<string, string>>,
    partHead: 'Part',
    bytesHead: 'Memory',
    shareHead: 'Share',
  },

  budget: {
    title: 'The budget',
    chartTitle: (maxmemory: string, machine: string) => `${maxmemory} of maxmemory need a machine of ${machine}`,
    chartAlt: (first: string, maxmemory: string, second: string, machine: string) =>
      `The budget added up line by line: ${first} make ${maxmemory} for maxmemory; with ${second} that is ${machine} for the machine.`,
    line: {
      'peak-counted': 'Peak that counts against maxmemory',
      import: 'Data to be loaded',
      growth: 'Expected rise of the peak',
      'slot-histograms': 'Key-size counters of each slot (Redis 8)',
      'hash-table-step': 'Hash-table step ahead',
      'fill-margin': 'Room below maxmemory',
      'not-counted': 'Replica and AOF buffers',
      allocator: 'Allocator',
      'process-overhead': 'Process outside the allocator',
      'copy-on-write': 'Copy-on-write while saving',
      'page-tables': 'Page tables of the child',
      'operating-system': 'Operating system',
      headroom: 'Free by rule',
    } satisfies Record<BudgetLineId, string>,
    short: {
      'peak-counted': 'peak',
      import: 'import',
      growth: 'rise of the peak',
      'slot-histograms': 'slots',
      'hash-table-step': 'table step',
      'fill-margin': 'room',
      'not-counted': 'buffers',
      allocator: 'allocator',
      'process-overhead': 'process',
      'copy-on-write': 'copy-on-write',
      'page-tables': 'page tables',
      'operating-system': 'OS',
      headroom: 'free by rule',
    } satisfies Record<BudgetLineId, string>,
    maxmemoryTotal: 'maxmemory',
    machineTotal: 'Memory of the machine',
    machineShort: 'machine',
    uncertaintyNote:
      '± is how far a line may be off, up or down: half the range of what was measured, or of what is usual where it is assumed; of the rise of the peak, only up to the bound of the forecast. Empty: exact, or not to be told.',
    bound: {
      p95: (bytes: string) => `That bound is p95, “1 in 20” (${bytes}).`,
      p90: (bytes: string) =>
        `That bound is p90, “1 in 10” (${bytes}): where confidence is low, p95 is only a rule of thumb, and no memory is bought for it.`,
      none: 'With less than a week of history one odd day would double the bound, so the plan takes none: for a higher peak than expected there is the room below maxmemory.',
    },
    noFork: 'Nothing is copied on write, since nothing forks: this server saves nothing to disk and has no replica.',
    symbols: 'In the formulas',
    head: { line: 'Line', bytes: 'Memory', uncertainty: '±', basis: 'Basis', formula: 'Formula and numbers' },
    caption: 'From the present peak to the machine',
    binding: {
      'target-ratio': (target: string, resident: string, needed: string) =>
        `Resident memory with maxmemory full (${resident}) may fill ${target} of the machine: that asks for ${needed}, more than a fork would. The free part is the cover for forks; nothing is added for them.`,
      fork: (target: string, forked: string, needed: string) =>
        `While a child process saves, ${forked} are in use; with 5 % left free that asks for ${needed}, more than the ${target} rule would.`,
    },
    safeNow: (present: string, safe: string) => `The present machine (${present}) can safely carry a maxmemory of ${safe}.`,
    none: 'No budget: the history has no used-memory figures.',
    engines: { redis: 'Redis', valkey: 'Valkey', keydb: 'KeyDB', dragonfly: 'Dragonfly' } as Readonly<Record<string, string>>,
    engineChange: (from: string, to: string, keys: string, change: string, isLess: boolean) =>
      `The plan is for ${to} in place of ${from}: the tables of ${keys} keys, their entries and expiries take ${change} ${isLess ? 'less' : 'more'} there. Keys and values themselves are taken to be as large as now; most take a little less.`,
    spread: {
      even: (shards: string, limit: string, machine: string, total: string) =>
        `Spread evenly over ${shards} shards: maxmemory of ${limit} and a machine of ${machine} each, ${total} in all without replicas. The figures above are for the data as they lie now.`,
      'skew-kept': (shards: string, limit: string, machine: string, total: string) =>
        `On ${shards} shards, as unevenly as now, a shard as hot as this one: maxmemory of ${limit} and a machine of ${machine}, ${total} in all if every machine is as large, without replicas. The figures above are for the data as they lie now.`,
    } satisfies Record<Spread, (shards: string, limit: string, machine: string, total: string) => string>,
    spreadInstance: (count: string, name: string) => `That is ${count} × ${name}.`,
    planNote: {
      'engine-unknown': 'What another engine would change is not calculated: how this server keeps its keys is not known from its version.',
      'engine-target-unknown':
        'What the other engine would change is not calculated: how it keeps the keys of a cluster node is not known.',
      'engine-keyspace-unknown':
        'What the other engine would change cannot be calculated: the input does not count the keys (INFO keyspace).',
      'import-into-full-cache':
        'This cache is full and evicts: the plan holds what is in it now and the import beside it, so that the one does not push out the other.',
      'store-demand-unknown':
        'Keys were evicted, so nobody knows how much a store would have had to keep: the plan holds what stayed, and is the least that it needs.',
      'shards-unknown':
        'This node belongs to a cluster of which not all shards were read: what share of the data it holds, and what another number of shards would make of it, is not known.',
    } satisfies Record<PlanNote, string>,
    whatIf: {
      caption: 'What if …',
      head: { scenario: 'Scenario', maxmemory: 'maxmemory', machine: 'Memory of the machine', change: 'Difference' },
      planned: (growth: string | undefined, bound: string | undefined) => {
        if (growth === undefined) return 'as planned above: the peak stays';
        return `as planned above: the peak rises by ${growth}${bound === undefined ? '' : ` (with its bound by ${bound})`}`;
      },
      scenario: {
        'growth-25': 'the data grow by 25 %',
        'growth-50': 'the data grow by 50 %',
        'growth-100': 'the data double',
        'import-10': 'a tenth more data is loaded at once',
        'persistence-on': 'it saves to disk (RDB or AOF)',
        'persistence-none': 'nothing is saved to disk',
        'replica-added': 'it gets a replica',
        'cache-policy': 'it may evict any key (allkeys-lru)',
        'store-policy': 'it may evict no key (noeviction)',
      } satisfies Record<Exclude<WhatIfId, 'spread' | 'engine'>, string>,
      spread: {
        even: (shards: string) => `spread evenly over ${shards} shards (each of them)`,
        'skew-kept': (shards: string) => `on ${shards} shards, as unevenly as now (this one)`,
      } satisfies Record<Spread, (shards: string) => string>,
      engine: (engine: string) => `it runs on ${engine} or later`,
      noChange: 'none',
      withinRounding: (step: string) => `within the rounding of ${step}`,
      note: 'Each row changes one thing and leaves the rest as planned.',
      growthNote: 'Growth is from the highest peak so far and takes the place of the forecast.',
      beforeSteps:
        'Steps that bound buffers, close holes or move slots are not in these figures: what they save shows in a report of the time after them.',
      absorbed: 'Where it says none, the bound of the forecast covers it already, or resident memory has been as high before.',
      stillForks: 'Without saves the full synchronization of a replica still forks.',
      forkCovered: (target: string) => `Saving changes nothing here: the part that the ${target} rule leaves free covers its forks.`,
    },
  },

  until: {
    title: 'Until when',
    chartTitle: {
      reached: (what: string) => `${what} has been reached`,
      crossing: (what: string, date: string) => `${what} can be reached by ${date}`,
      spike: (what: string) => `A higher peak can reach ${what}`,
      safe: (horizon: string) => `No limit is expected to be reached within ${horizon}`,
      plain: (horizon: string) => `The peak over the next ${horizon}`,
    },
    alt: (horizon: string, p50: string, p90: string, p95: string) =>
      `Daily peaks so far and the forecast of the highest peak of the next ${horizon}: expected ${p50}, 1 in 10 above ${p90}, 1 in 20 above ${p95}.`,
    history: 'daily peak',
    fan: { p50: 'expected peak', p90: '1 in 10', p95: '1 in 20' },
    now: 'now',
    head: { limit: 'Limit', at: 'At', early: 'As early as (10 %)', expected: 'Expected (50 %)', probability: 'Chance within the horizon' },
    reached: 'reached',
    notWithin: (horizon: string) => `not within ${horizon}`,
    bySpike: 'by a spike only',
    underOne: 'under 5 %',
    peakHead: { quantity: 'Highest peak of the period ahead', value: 'Memory' },
    quantile: {
      p50: 'Expected peak: as likely passed as not',
      p90: '1 in 10: passed with 10 % chance',
      p95: '1 in 20: passed with 5 % chance',
      p95Rule: '1 in 20: here only a rule of thumb',
    },
    confidence: {
      good: 'Confidence is good: for histories like this one “1 in 20” held in 96 % of cases or more.',
      fair: 'Confidence is fair: for histories like this one “1 in 20” held in 90 % of cases or more.',
      low: 'Confidence is low: “1 in 20” is a rule of thumb here and not a bound.',
    },
    indicative: (ahead: string, history: string, isUnderWeek: boolean) =>
      isUnderWeek
        ? 'The history is under a week: indicative only.'
        : `It looks ${ahead} ahead from ${history} of history: indicative only.`,
    shortened: (asked: string, needs: string) => `To look ${asked} ahead it would need ${needs} of history.`,
    growth: (perDay: string, share: string | undefined) =>
      share === undefined ? `Growth of the daily peak: ${perDay} a day.` : `Growth of the daily peak: ${share} a day, now ${perDay}.`,
    levelFrom: (date: string) =>
      `From ${date} on the expected peak is drawn level: growth is carried on for at most twice the time that was seen, and to at most three times the level.`,
    lostData: {
      lost: (time: string, before: string, after: string, cause: 'restart' | 'emptied', times: number) =>
        `${times > 1 ? `Data were lost ${times} times, last` : 'Data were lost'} by ${time}: ${before} before, ${after} after ${cause === 'restart' ? 'a restart' : 'most keys went at once (a flush or a mass deletion)'}.`,
      states: {
        'too-soon': (level: string, _pace: string | undefined) =>
          `That is less than a week ago: the forecast expects ${level} back, and goes by the growth before the loss.`,
        refilling: (level: string, pace: string | undefined) =>
          `What comes back${pace === undefined ? '' : `, ${pace} a day,`} is no growth: it ends at the old level of ${level}. From there the forecast goes by the growth before the loss.`,
        back: (level: string, _pace: string | undefined) =>
          `The old level of ${level} has been reached again: the refill is left out, and the forecast goes by the growth before and since.`,
        recurring: (level: string, pace: string | undefined) =>
          `Each time about the same level came back, ${level}, so the forecast stays with it and goes by how these levels change.${pace === undefined ? '' : ` Without another loss memory would grow by ${pace} a day.`}`,
        settled: (level: string, _pace: string | undefined) =>
          `Memory has not gone back to ${level}: the forecast goes by the growth since the loss, and its upper figures keep a part of the old level.`,
      },
    },
    backtest: {
      caption: (origins: string, days: string) => `Tried on this node’s own past: ${days} ahead from ${origins} earlier dates`,
      head: { rule: 'Rule', held: 'Held in', over: 'Against what came (median)' },
      bound: 'this forecast, 1 in 20',
      naive: 'plain rule: largest peak so far and 15 %',
      expected: 'this forecast, expected peak',
      above: (share: string) => `${share} above`,
      below: (share: string) => `${share} below`,
      off: (share: string) => `off by ${share}`,
      shorter: (tried: string, ahead: string) => `The trial looks ${tried} ahead and proves nothing of the ${ahead} above.`,
      last: (date: string, p50: string, p95: string, actual: string) =>
        `On ${date} it would have said: expected ${p50}, 1 in 20 above ${p95}; what came was ${actual}.`,
    },
    noBacktest: 'The history is too short to try the forecast on its own past.',
    range: (middle: string, low?: string, high?: string) =>
      low === undefined || high === undefined ? `about ${middle}` : `about ${middle} (${low} to ${high})`,
    hiddenDemand: (evicted: string, stay: string, key: string) =>
      `An estimate of the demand that the limit hides: ${evicted} a day are evicted to make room, at ${key} a key, so that a key stays for ${stay}. To keep keys for twice as long takes twice the memory for data; whether they would be read again, only the hit ratio shows.`,
    stepsIntro: 'Hash tables that grow next',
    steps: {
      table: 'Table',
      entries: 'Entries now',
      threshold: 'Grows at',
      when: 'When',
      atOnce: 'At once',
      after: 'Stays',
      limit: 'Below maxmemory',
    },
    belowLimit: {
      fits: 'fits',
      noRoom: (short: string) => `${short} too much`,
      taken: (short: string, keys: string | undefined) =>
        `${short} too much, taken all the same${keys === undefined ? '' : `: evicts about ${keys} keys`}`,
      putOff: (entries: string) => `no room: put off, and the limit is full at about ${entries}`,
      putOffThenTaken: (entries: string, short: string, keys: string | undefined) =>
        `no room: put off to ${entries}, then ${short} too much${keys === undefined ? '' : `: evicts about ${keys} keys`}`,
      limitFirst: (entries: string) => `not reached: the limit is full at about ${entries}`,
    },
    stepTable: (db: string, table: 'keys' | 'expires') => (table === 'keys' ? `db${db} keys` : `db${db} keys with a TTL`),
    stepNotGrowing: 'not growing',
    valkeyBuckets: 'Tables of this version have 7 entries in a bucket and double their buckets: so they grow at 7 times a power of two.',
    pastStep: ({ table, time, threshold, expected, observed, permanent }: PastStepWords) =>
      `Used memory rose by ${observed} up to ${time} because the hash table of ${table} doubled at ${threshold} entries (new table ${expected}, of which ${permanent} stay). That is no leak and no growth of the data; the trend leaves it out.`,
  },

  fragmentation: {
    title: 'Fragmentation',
    phaseTitle: {
      retained: 'RSS stayed up while data were deleted',
      reused: 'Refilling used the memory that RSS had kept',
      together: 'RSS follows used memory',
      apart: 'RSS rises although freed memory lies idle',
      plain: 'Resident memory against used memory',
    },
    phaseAlt: (points: readonly string[], waste: string, isAbove: boolean) =>
      `Path of used memory (across) and resident memory (up) through time: ${points.join(', ')}. At its end resident memory is ${waste} ${isAbove ? 'above' : 'below'} used memory.`,
    phasePoint: (name: string, used: string, rss: string) => `${name} ${used} used and ${rss} resident`,
    diagonal: 'RSS = used',
    start: 'start',
    peak: 'peak',
    end: 'end',
    usedAxis: 'used memory',
    rssAxis: 'resident memory',
    layersTitle: (waste: string) => `Of resident memory, ${waste} hold no data`,
    layersAlt: (parts: readonly string[]) => `Resident memory in layers over time. At the end from below: ${parts.join('; ')}.`,
    layers: { allocated: 'allocated', active: 'holes in active pages', resident: 'resident, unused', process: 'process' },
    diagnosisHead: 'Diagnosis',
    diagnosis: {
      healthy: 'Healthy: resident memory follows used memory closely.',
      'small-dataset': 'Small dataset: with so little data the ratio mostly shows the size of an empty server. Judge bytes, not the ratio.',
      'retained-after-peak':
        'Retained after a peak: memory was freed, RSS kept it. It is not a leak; new data of the same sizes go there first.',
      'external-fragmentation': 'External fragmentation: freed places lie between live values and are not reused by what is written now.',
      'resident-unused': 'Resident but unused: whole pages are free, and the allocator has not given them back to the system yet.',
      'process-overhead': 'Process overhead: resident memory outside the allocator, such as modules, Lua, thread stacks and libraries.',
      swapping: 'Swapping: resident memory is well below what the allocator holds, so part of it is on disk.',
      'unknown-allocator': 'Unknown allocator: this build gives no allocator figures, only RSS against used memory can be seen.',
      'not-enough-data': 'Not enough data: the history does not have the figures that would decide.',
    } satisfies Record<Diagnosis, string>,
    healthyAside: (waste: string) => `Healthy: ${waste} of resident memory hold no data, too little to act on.`,
    also: (list: string) => `It may also be: ${list}.`,
    shortDiagnosis: {
      healthy: 'healthy',
      'small-dataset': 'a small dataset',
      'retained-after-peak': 'memory retained after a peak',
      'external-fragmentation': 'external fragmentation',
      'resident-unused': 'unused resident pages',
      'process-overhead': 'process overhead',
      swapping: 'swapping',
      'unknown-allocator': 'an unknown allocator',
      'not-enough-data': 'undecided',
    } satisfies Record<Diagnosis, string>,
    decidedBy: {
      refill: 'A refill would decide: if RSS stays flat while data come back, the memory was only retained.',
      'allocator-fields': 'The allocator_* fields of INFO (Redis 5.0 and later) would decide.',
      'longer-history': 'A longer history would decide.',
      'host-swap': 'The swap figures of the machine would decide.',
    },
    evidenceIntro: (when: string | undefined) =>
      `What the verdict rests on${when === undefined ? '' : `, at the last calm sample (${when})`}`,
    evidenceHead: { figure: 'Figure', value: 'Value', meaning: 'What it tells' },
    evidence: {
      usedMemoryBytes: ['Used memory', 'what the data and buffers take'],
      usedMemoryRssBytes: ['Resident memory (RSS)', 'what the system has given to the process'],
      wasteBytes: ['RSS − used', 'paid for and not holding data'],
      rssToUsed: ['RSS ÷ used', 'the “fragmentation ratio” of INFO; misleading when data are few'],
      activeToAllocated: ['Active ÷ allocated', 'above 1.1 there are holes between live values'],
      externalBytes: ['Active − allocated', 'bytes in those holes; defragmentation can give back at most this'],
      residentToActive: ['Resident ÷ active', 'above 1.1 whole pages are free but still resident'],
      residentUnusedBytes: ['Resident − active', 'what MEMORY PURGE can give back at most'],
      lastingUnusedBytes: ['… of it, for good', 'what a peak that keeps coming back does not fill again'],
      rssToResident: ['RSS ÷ allocator resident', 'above 1.1: memory outside the allocator; well below 1: swapped'],
      rssMinusResidentBytes: ['RSS − allocator resident', 'modules, scripts, stacks, libraries'],
      luaOutsideBytes: ['Lua heap', 'scripts and functions; outside used memory in Valkey and before Redis 7.4'],
      muzzyBytes: ['Muzzy pages', 'freed, the system takes them when it needs them'],
      refillSlope: ['RSS growth per byte refilled', 'near 0: freed memory is reused; near 1: it is not'],
      deleteSlope: ['RSS fall per byte deleted', 'near 0: RSS stays up after deletes'],
      fillSlope: ['RSS growth per byte filled', 'near 1 when there is nothing to reuse'],
      peakUsedMemoryBytes: ['Highest used memory', 'the peak that resident memory was made for'],
      freedSincePeakBytes: ['Freed since the peak', 'room that used memory gave back and RSS may have kept'],
      peakToUsed: ['Peak ÷ used now', 'above 1.5 most of the peak has gone'],
    } as Readonly<Record<string, readonly [string, string]>>,
    recoverIntro: 'What each action would give back, at most',
    recoverHead: { action: 'Action', bytes: 'Memory', formula: 'Reckoned as' },
    recoverFormula: {
      activedefrag: 'active − allocated, or what INFO tells of small values',
      purge: 'resident − active, and muzzy pages',
      restart: 'RSS − used − what any process needs (32 MiB or more), at least resident − active',
    },
    recover: { activedefrag: 'Active defragmentation', purge: 'MEMORY PURGE', restart: 'Restart or failover' },
    trend: {
      growing: (perDay: string) => `Unused resident memory grows by ${perDay} a day, beyond what chance explains.`,
      shrinking: (perDay: string) => `Unused resident memory shrinks by ${perDay} a day.`,
      flat: 'Unused resident memory shows no trend that would matter: none beyond chance, or under 100 MiB in a month.',
    },
    defragIntro: 'Active defragmentation, parameter by parameter',
    defragHead: { name: 'Parameter', current: 'This server', default: 'Default', advice: 'Advice', meaning: 'Meaning' },
    defragMeaning: {
      activedefrag: 'the switch; works live, on Redis 4.0 and later built with its own jemalloc',
      'active-defrag-ignore-bytes': 'with less waste than this it does not start',
      'active-defrag-threshold-lower': 'percent of waste at which it starts',
      'active-defrag-threshold-upper': 'percent of waste at which it works hardest',
      'active-defrag-cycle-min': 'CPU percent spent at the lower threshold',
      'active-defrag-cycle-max': 'CPU percent spent at the upper threshold',
      'active-defrag-max-scan-fields': 'larger collections are handled in slices',
      'active-defrag-cycle-us': 'length of one slice of work in microseconds',
      'jemalloc-bg-thread': 'a thread that gives free pages back by itself',
    } as Readonly<Record<string, string>>,
    keep: 'keep',
    afterUpgrade: (version: string) => `no, until it runs ${version} or later`,
    changeTo: (value: string) => `set to ${value}`,
    notGiven: 'not in INFO',
    askForSettings: 'INFO does not tell these parameters; with --settings, report and collect ask a running server for them.',
    notInVersion: 'does not exist',
    versionUnknown: 'version not known',
    supported: {
      yes: 'This build supports active defragmentation.',
      no: 'This build does not support active defragmentation.',
      unknown: 'INFO does not tell whether this build supports active defragmentation.',
    },
    supportedReason: {
      'system-jemalloc': 'Its jemalloc is not the one shipped with this version, so it is the system’s.',
      'not-jemalloc': 'It is not built with jemalloc.',
      'version-too-old': 'It exists since Redis 4.0.',
      'seen-running': 'It was seen running.',
      'setting-on': 'It is switched on.',
    } as Readonly<Record<string, string>>,
    enabled: { yes: 'It ran in this period.', no: 'It is switched off.', unknown: 'It was not seen running.' },
    defragRun: {
      when: (from: string, duration: string) => `Its last run began after ${from} and was seen at work for ${duration}.`,
      runningSince: (from: string) => `It is at work since ${from}.`,
      effect: {
        worked: (closed: string, before: string) => `It worked: of ${before} of holes it closed at least ${closed}.`,
        partly: (closed: string, before: string) => `It worked in part: of ${before} of holes it closed at least ${closed}.`,
        'no-effect': (closed: string, before: string) => `It did not help: of ${before} of holes it closed only ${closed} for certain.`,
      } satisfies Record<string, (closed: string, before: string) => string>,
      soFar: (closed: string, before: string) => `So far it has closed at least ${closed} of ${before} of holes.`,
      waste: (before: string, after: string) => `RSS − used went from ${before} to ${after}.`,
      cost: (spent: string, share: string, usual: string | undefined) =>
        `Meanwhile the server used ${spent} of CPU time, ${share} of a core${usual === undefined ? '' : `; before and after it ${usual}`}.`,
      stopped: {
        'ignore-bytes': 'It stopped when less than 100 MiB of waste were left (the default of active-defrag-ignore-bytes).',
        'lower-threshold': 'It stopped when waste was below 10 % (the default of active-defrag-threshold-lower).',
        child: 'A child process (a save, a rewrite, a full sync) was running when it stopped; it waits for the end of that.',
        'above-its-thresholds': 'It stopped with waste still above its default thresholds: it was switched off, or has other thresholds.',
      } satisfies Record<string, string>,
    },
  },

  peaks: {
    title: 'When peaks happen',
    chartTitle: (when: string) => `The highest hour was ${when}`,
    alt: (low: string, high: string, when: string) =>
      `Highest used memory of each hour, days as rows and hours as columns; darker is higher. From ${low} to ${high}, the highest ${when}.`,
    dailyTitle: (when: string) => `The highest day was ${when}`,
    dailyAlt: (low: string, high: string, when: string) =>
      `Highest used memory of each day, weeks as rows and weekdays as columns; darker is higher. From ${low} to ${high}, the highest ${when}.`,
    none: 'The history is shorter than two days: no daily pattern can be shown.',
    level: (value: string) => `Used memory stood at ${value}, its peak, for most of the time: no hour stands out.`,
    lives: {
      caption: 'The peak of each process between restarts',
      from: 'From',
      to: 'To',
      version: 'Version',
      peak: 'Peak used',
      at: 'When',
      recovered: (when: string) => `before ${when}, between two samples`,
      more: (count: string) => `${count} earlier ones are in the JSON.`,
    },
  },

  instances: {
    title: 'What to buy',
    none: 'Where it is to run was not said, so nothing is recommended: these are the best fits of each provider. --provider, --instance or --target narrow it down.',
    noneFits: 'No entry of the chosen catalogs is large enough for one node.',
    chartTitle: (name: string) => `${name} is the one to take`,
    chartAlt: (fills: readonly string[]) => `How full each fitting instance would be at the projected peak: ${fills.join(', ')}.`,
    limitLabel: 'usable',
    head: {
      name: 'Instance',
      offering: 'Offering',
      memory: 'Memory',
      usable: 'Usable',
      need: 'Needed there',
      fill: 'Full at the horizon',
      shards: 'Shards',
      price: 'Price',
    },
    caption: (limit: string | undefined) =>
      limit === undefined ? 'What holds it, smallest first' : `What holds a maxmemory of ${limit}, smallest first`,
    sizedFor: (limit: string, step: string) =>
      `These are sized for the budget’s maxmemory of ${limit}. The step to ${step} is one to try on the present machine: if it is kept, a machine bought later must hold it too.`,
    noPrice: 'not in catalog',
    needNote:
      '“Needed there” is what the service counts: maxmemory where it bears the overhead itself, else resident memory or the whole budget as a share of the machine. The plan’s reserves are in it, so that 100 % of what is usable still holds the plan, with nothing beyond.',
    recommended: 'recommended',
    current: 'in use now',
    rejectedIntro: 'Why not smaller',
    rejectedHead: { name: 'Instance', reason: 'Reason', need: 'Needs', usable: 'Has usable' },
    reason: {
      'too-small': 'too small',
      'little-room': 'would be over 90 % full',
      'costs-more': 'holds it, but is no cheaper',
      'price-unknown': 'holds it, but its price is not known',
      'other-family': 'holds it, but is of a family not in use',
      retired: 'retired or previous generation',
    } as Readonly<Record<string, string>>,
    priceNote: (regions: string) => `List prices on demand, one node, in ${regions}; dates of the catalogs are under Data quality.`,
  },

  keyspace: {
    title: 'What the data is made of',
    drawn: (seen: string, all: string, when: string, server: string, why: string) =>
      `${seen} of ${all} keys were looked at on ${when}, drawn by chance from ${server}, ${why}. What they show is reckoned for all keys; a range holds the true figure with 95 % chance.`,
    complete: (seen: string, when: string, server: string, why: string) =>
      `All ${seen} keys were looked at on ${when}, on ${server}, ${why}.`,
    reason: {
      replica: 'a replica, so that the primary was left alone',
      'no-replica': 'the primary, as it has no replica',
      'replica-unreachable': 'the primary, as none of its replicas could be asked',
    } satisfies Record<KeyspaceServerReason, string>,
    figure: { bytes: 'Keys and values', average: 'A key on average', expiring: 'Bytes with an expiry' },
    chartTitle: (name: string, share: string) => `${name} takes ${share} of the bytes`,
    chartAlt: (list: string) => `Bytes by the beginning of the key names: ${list}.`,
    chartCaption: 'Dark: at least; light: up to; the figure is the estimate.',
    prefixCaption: 'Bytes by the beginning of the key names',
    typeCaption: 'Bytes by type',
    largestSeen: 'The largest of the keys that were looked at',
    largestOfAll: 'The largest keys',
    head: {
      prefix: 'Keys like',
      type: 'Type',
      keys: 'Keys',
      bytes: 'Memory',
      range: 'Range',
      share: 'Share',
      average: 'A key',
      expiring: 'With an expiry',
      key: 'Key',
      database: 'Database',
      ttl: 'Expires in',
    },
    noName: '(no name)',
    never: 'never',
    dataset: {
      agrees: (bytes: string, dataset: string, comparable: string) =>
        `The estimate (${bytes}) agrees with INFO: used_memory_dataset is ${dataset}, and with the entries of the keys, which MEMORY USAGE counts as well, ${comparable}.`,
      less: (bytes: string, dataset: string, comparable: string) =>
        `The estimate (${bytes}) is less than INFO tells: used_memory_dataset is ${dataset}, and with the entries of the keys ${comparable}. A few large keys were probably missed, or modules and scripts hold memory that belongs to no key.`,
      more: (bytes: string, dataset: string, comparable: string) =>
        `The estimate (${bytes}) is more than INFO tells: used_memory_dataset is ${dataset}, and with the entries of the keys ${comparable}. MEMORY USAGE reckons a large value from its first elements, and those may be larger than the rest.`,
    },
    missed: (share: string, keys: string) =>
      `Any one key, a giant one too, was missed with a chance of ${share}. Of a kind of keys that has at least ${keys}, one was seen with 95 % chance; a kind with fewer may be missing here.`,
    volatile: (policy: string, share: string) =>
      `Under ${policy} only keys with an expiry may be evicted: they hold ${share} of the bytes.`,
    cut: (wanted: string) => `${wanted} keys were asked for, but the time was up: a longer --for or a higher --keyspace-rate gives them.`,
    unseen: (keys: string) => `${keys} keys of other databases are in no figure here: the sample was too small for them.`,
    lost: (keys: string) => `${keys} keys were drawn but not measured: they were gone, or on their way to another shard.`,
    slotTables:
      'This server keeps a table for each slot of its cluster, and the draws begin in a slot by chance: where tags in key names make slots very unequal, keys of small slots are seen too often.',
    measured:
      'Sizes are those of MEMORY USAGE: of a value with many elements the first 32 are measured and the rest reckoned from them. In the names * stands for any value and … for the rest.',
  },

  limits: {
    title: 'Other limits',
    head: { what: 'What', value: 'In this period', judgement: 'Judgement' },
    evictions: 'Evicted keys',
    expired: 'Expired keys',
    oom: 'Writes refused for memory (OOM)',
    hit: 'Hit ratio',
    ops: 'Highest commands per second',
    clients: 'Most clients',
    rejected: 'Refused connections',
    cpu: 'Main thread at most',
    netIn: 'Network in at most',
    netOut: 'Network out at most',
    fullSyncs: 'Full resynchronisations',
    cow: 'Largest copy-on-write share',
    ofMax: (value: string, max: string) => `${value} of ${max}`,
    perSecond: (value: string) => `${value}/s`,
    ofCore: (moment: string, hour?: string) =>
      hour === undefined ? `${moment} of one core for a moment` : `${moment} of one core for a moment, ${hour} over an hour`,
    judged: {
      good: 'no limit near',
      evicting: 'at its limit',
      refused: 'refused writes',
      near: 'near its limit',
      falling: 'falling',
      steady: 'not falling',
      unknown: 'not judged',
    },
    evictionTitle: 'Keys evicted per second',
    evictionAlt: (count: string) => `Evicted keys per second over time; ${count} in all.`,
    nothing: 'The history has none of these figures.',
    ratesNote: (step: string) =>
      `Rates and the main thread are means over ${step} at a time: shorter bursts are higher. Commands per second are what the server told at a sample.`,
    commandsCaption: (since: string | undefined, until: string) =>
      since === undefined
        ? 'What the time of commands went to, since the server’s start or the last reset of its counts'
        : `What the time of commands went to, from ${since} to ${until}`,
    commandsHead: { command: 'Command', calls: 'Calls', time: 'Time', share: 'Share', average: 'A call (µs)' },
    settingsCaption: 'Settings that bear on memory, as last seen',
    settingsHead: { topic: 'About', settings: 'Settings' },
    settingsTopic: {
      eviction: 'eviction',
      saving: 'saving',
      buffers: 'buffers',
      encodings: 'compact encodings',
      freeing: 'freeing memory',
      threads: 'threads and timing',
    },
    forksIntro: (shown: string, all: string) =>
      shown === all
        ? 'Background saves and rewrites'
        : `Background saves and rewrites: ${shown} of ${all}, those that copied most and the newest`,
    forkHead: { at: 'When', kind: 'Kind', cow: 'Copy-on-write', share: 'Share of RSS', seconds: 'Took', note: 'Note' },
    forkOfBudget: 'the budget takes this share',
    newestFork: 'newest',
    forkKind: { rdb: 'RDB save', aof: 'AOF rewrite', module: 'module fork' } as Readonly<Record<string, string>>,
  },

  findings: {
    title: 'Findings',
    severity: { critical: 'Critical', warning: 'Warning', info: 'Note' },
    clear: (list: string) => `Looked at and clear: ${list}.`,
    notEnough: (list: string) => `Could not be judged from this history: ${list}.`,
    error: (list: string) => `Failed while judging, please report: ${list}.`,
    none: 'Nothing was found that needs attention.',
  },

  actions: {
    title: 'What to do, in order',
    heads: { what: 'What to do, in order', gives: 'Gives', effort: 'Effort' },
    nothing: 'Nothing needs to be done now.',
    check: 'Check: ',
    expect: (text: string) => ` Expect: ${text}.`,
    undo: 'Undo: ',
    /** Words in capitals that commands leave to the reader, each with what it stands for. */
    placeholders: {
      PARAMETER_GROUP: 'the parameter group in use (a default one cannot be changed: copy it, and give the copy to the cluster)',
      REPLICATION_GROUP: 'the id of the replication group (of a node without one: modify-cache-cluster --cache-cluster-id)',
      CLUSTER: 'the name of the cluster',
      ADDRESS: 'host:port of any node of the cluster',
      HOT_SHARD: 'the node id of this shard’s primary (CLUSTER MYID)',
      COLD_SHARD: 'the node id of the primary that gets the slots, the emptiest first',
      INSTANCE: 'the name of the instance',
      REGION: 'its region',
      NAME: 'the name of the cache',
      RESOURCE_GROUP: 'its resource group',
      RELEASE: 'the name of the Helm release',
      CHART: 'the chart and version it was installed from (values as in Bitnami’s charts)',
      NEW_NAME: 'the name that it gets',
      DESCRIPTION: 'what it is for, in a word',
      ACL: 'the access control list (open-access lets everybody in)',
      NETWORK: 'the network, as projects/PROJECT/global/networks/NAME',
      OLD_LIMITS: 'what the first line showed',
    } as Readonly<Record<string, string>>,
    placeholder: (word: string, meaning: string) => `${word} is ${meaning}`,
    fillIn: (list: string) => `In the commands, ${list}.`,
    wouldNotHelp: (list: string) => `What would not help: ${list}.`,
    /** Where the bytes alone do not say why. */
    notHelping: {
      'refilled-at-next-peak': 'filled again at the next peak',
      unsupported: 'not possible with this build',
      'touches-swap': 'swaps more',
      'other-allocator': 'this allocator ignores it',
      'whole-pages-only': 'it returns pages that are wholly free, and these are partly used',
      'outside-allocator': 'the memory is outside the allocator',
      'used-again': 'the next peak uses what was kept',
      'buffers-not-data': 'buffers grow into any memory, until they are bounded',
    } as Readonly<Record<string, string>>,
    gives: (bytes: string) => bytes,
    noGain: '—',
  },

  quality: {
    title: 'Data quality and method',
    grade: (grade: string, text: string) => `Evidence ${grade}: ${text}`,
    gradeText: {
      samples: (samples: string, span: string, interval: string | undefined) =>
        interval === undefined ? `${samples} over ${span}` : `${samples} over ${span}, one every ${interval}`,
      sampleCount: (count: number, text: string) => (count === 1 ? '1 sample' : `${text} samples`),
      gaps: (count: number, told: string, time: string) =>
        count === 0 ? 'no gaps' : count === 1 ? `1 gap (${time})` : `${told} gaps (${time})`,
      restarts: (count: number, told: string) => (count === 0 ? 'no restart' : count === 1 ? '1 restart' : `${told} restarts`),
    },
    raise: (grade: string, list: string) => `What would raise it to ${grade}: ${list}.`,
    raiseFurther: (list: string) => `To A also: ${list}.`,
    reason: {
      'short-span': (f, need) => (need === undefined ? 'a longer history' : `a history of ${f.days(need / 86_400)}`),
      'coarse-interval': (f, need) => (need === undefined ? 'finer samples' : `samples at least every ${f.duration(need)}`),
      gaps: (f, need) => (need === undefined ? 'fewer gaps' : `gaps of less than ${f.percent(need)} of the time`),
      averaged: () => 'maxima instead of averages',
      'few-samples': (f, need) => (need === undefined ? 'more samples' : `at least ${f.number(need)} samples`),
      'missing-rss': () => 'resident memory (used_memory_rss)',
      'missing-allocator': () => 'the allocator_* fields',
      'missing-not-counted': () => 'mem_not_counted_for_evict',
      'missing-maxmemory': () => 'maxmemory',
      'missing-system-memory': () => 'the memory of the machine (--system-memory)',
      'missing-keyspace': () => 'the number of keys',
      'order-only': () => 'timestamps',
      'rejected-rows': (f, need) => (need === undefined ? 'input without broken rows' : `less than ${f.percent(need)} of the rows broken`),
      restarts: () => 'no more than one restart a week',
    } as Readonly<Record<GradeReasonId, GradeReasonWords>>,
    inputKind: { csv: 'CSV table', 'info-dump': 'INFO dump', live: 'running server', history: 'history folder' } as Readonly<
      Record<string, string>
    >,
    ownColumns: 'columns as redis-headroom writes them',
    appendOnly: { on: 'append-only file on', off: 'append-only file off' },
    forks: (count: number, told: string) =>
      count === 0 ? 'no save or rewrite seen' : count === 1 ? '1 save or rewrite seen' : `${told} saves and rewrites seen`,
    inputsHead: { input: 'Input', kind: 'Kind', samples: 'Samples', rejected: 'Rows rejected' },
    inputsCaption: 'What was read',
    rejection: (input: string, line: string, reason: string) => `${input}:${line}: ${reason}`,
    rejectionsIntro: 'Rejected rows (the first of each input)',
    notesIntro: 'Notes from reading',
    gapsIntro: 'Gaps and why (as the collector noted; the longest)',
    gapLine: (from: string, time: string, reasons: string) => `${from}, ${time}: ${reasons}`,
    gapReason: {
      refused: 'connection refused',
      unreachable: 'not reachable',
      'name-unknown': 'host name not known',
      timeout: 'no answer in time',
      closed: 'connection closed',
      'wrong-password': 'user or password not accepted',
      'not-allowed': 'INFO not allowed',
      'too-many-clients': 'maxclients reached',
      loading: 'loading its data',
      tls: 'TLS failed',
      'not-redis': 'no Redis answered',
      'server-error': 'error reply',
      'collector-stopped': 'the collector was stopped',
      'collector-killed': 'the collector ended without notice',
      'not-written': 'the disk of the collector took nothing',
      'clock-set': 'the clock of the collector was set forward, or the machine slept',
      'not-listed': 'left its cluster or its Sentinels',
    } as Readonly<Record<GapReason, string>>,
    factsHead: { fact: 'Fact', value: 'Value' },
    facts: {
      engine: 'Server',
      allocator: 'Allocator',
      role: 'Role',
      policy: 'Eviction policy',
      period: 'Period',
      interval: 'Usual step between samples',
      gaps: 'Gaps',
      duplicates: 'Repeated samples (merged)',
      outOfOrder: 'Rows out of order',
      restarts: 'Restarts',
      statResets: 'Statistics reset',
      wrapped: 'Wrapped integers treated as absent',
      averaged: 'Averages',
      saving: 'Saving to disk',
      machine: 'Memory of the machine',
      target: 'Target ratio',
      horizon: 'Horizon',
      catalogs: 'Catalogs',
    },
    horizonUsed: (asked: string, ahead: string) => `${asked}, of which the forecast looks ${ahead} ahead`,
    averagedYes: 'yes: peaks are under-stated',
    machineSource: {
      option: 'given',
      instance: 'from the catalog',
      container: 'limit of its container',
      host: 'of the host, as its exporter reports; the limit of a container is not seen',
      info: 'of the host, as the server reports; the limit of a container is not seen',
      unknown: 'not known',
    },
    methodIntro: 'Method in short',
    method: [
      'Peaks decide, not averages: every recommendation starts from the highest memory seen, including spikes between samples that the server remembers in used_memory_peak.',
      'maxmemory must hold the projected peak that counts for eviction, a hash-table step if one is due, and room below the limit.',
      'The machine must hold resident memory at that peak within the target ratio, and resident memory plus copy-on-write, page tables and system within 95 %. The larger need decides; the two are never added.',
      'The forecast is of the highest peak of the period ahead, from daily maxima, their trend, level shifts and volatility; its width comes from many real memory series, not from this one.',
      'Fragmentation is judged by how resident memory moved when used memory moved, and by the allocator’s own figures, not by one ratio.',
    ],
    glossaryIntro: 'Words used here',
    /** Each word with what it means, and the forms of it that are linked from their first use. */
    glossary: [
      ['used memory', 'what the server has allocated for data and buffers (used_memory)', ['used memory']],
      [
        'RSS, resident memory',
        'what the operating system has given to the process; it stays up after deletes and is reused',
        ['RSS', 'resident memory'],
      ],
      ['counted memory', 'used memory less replica and AOF buffers: what the server compares with maxmemory', ['counted memory']],
      ['maxmemory', 'the limit at which the server evicts keys or refuses writes', ['maxmemory']],
      [
        'eviction',
        'the server drops keys to make room below maxmemory; its policy says which',
        ['evictions', 'eviction', 'evicts', 'evicted'],
      ],
      ['allocator', 'the part of the server that asks the system for pages and hands out pieces of them; usually jemalloc', ['allocator']],
      ['fragmentation', 'resident memory that holds no data', ['fragmentation', 'fragmented']],
      [
        'active defragmentation',
        'the server moves values together while it runs and gives the emptied pages back',
        ['active defragmentation', 'activedefrag'],
      ],
      [
        'fork',
        'saves, rewrites of the append-only file and full synchronisations run in a copy of the process',
        ['forks', 'fork', 'child process'],
      ],
      ['copy-on-write', 'memory that a fork needs on top while parent and child diverge', ['copy-on-write']],
      ['hash table', 'where a database keeps its keys; it doubles in one step when it is full', ['hash tables', 'hash table']],
      ['p50, p90, p95', 'the figure that is exceeded with 50 %, 10 % and 5 % chance', ['p50', 'p90', 'p95']],
    ] as readonly (readonly [term: string, meaning: string, forms?: readonly string[]])[],
  },

  fleet: {
    verdict: {
      allSafe: (count: string) => `All ${count} nodes are safe.`,
      act: (count: number, told: string, total: string) =>
        count === 1 ? `1 of ${total} nodes needs action.` : `${told} of ${total} nodes need action.`,
      watch: (count: number, told: string, total: string) =>
        count === 1 ? `1 of ${total} nodes should be watched.` : `${told} of ${total} nodes should be watched.`,
      unknown: (_count: number, told: string, total: string) => `${told} of ${total} nodes could not be judged.`,
    },
    summary: (node: string, sentence: string) => `Most urgent is ${node}: ${sentence}`,
    tableCaption: 'Nodes, most urgent first',
    sharedLabels: (labels: string) => `Labels of all nodes: ${labels}.`,
    head: {
      node: 'Node',
      verdict: 'Verdict',
      peak: 'Peak used',
      ratio: 'Machine at peak',
      until: 'Until',
      need: 'Memory needed',
      step: 'First step',
      grade: 'Grade',
    },
    total: 'All nodes',
    noStep: 'nothing to do',
    figure: {
      act: 'Need action',
      ofNodes: (count: string, total: string) => `${count} of ${total}`,
      others: (watch: string, unknown: string) => `${watch} to watch, ${unknown} not judged`,
      soonest: 'First limit',
      soonestWhere: (node: string) => `on ${node}`,
      crossed: 'crossed already',
      noLimit: 'none in sight',
      data: 'Data at its peaks',
      sets: (count: string) => (count === '1' ? 'of 1 primary' : `of ${count} primaries`),
      machines: 'Machines',
      change: (from: string, to: string) => `${from} → ${to}`,
      toBuy: (bytes: string) => `${bytes} to buy`,
      toGiveBack: (bytes: string) => `${bytes} to give back`,
      cost: 'Cost',
      list: 'list prices',
    },
    heatmap: {
      title: (node: string, share: string) => `${node} got the fullest: ${share}`,
      alt: (nodes: string, highest: string) => `How full ${nodes} nodes got each day, most urgent first. The highest: ${highest}.`,
      cell: (node: string, day: string, share: string) => `${node}, ${day}: ${share}`,
      full: '100 % full',
      caption: (shown: string, all: string, days: string) =>
        `Resident memory as a share of the machine at its daily peak; where the machine is not known, used memory as a share of maxmemory. ${shown === all ? `All ${all} nodes` : `The ${shown} most urgent of ${all} nodes for which one of the two is known`}, ${days} in each cell.`,
    },
    totals: {
      ofSome: (sum: string, count: string, all: string) => `${sum} (known of ${count} of ${all})`,
      data: (sum: string, sets: string) => `Data at their peaks: ${sum} on ${sets} primaries, replicas not counted.`,
      needed: (sum: string, nodes: string) => `Machines needed for all ${nodes} nodes, replicas too: ${sum}.`,
      machines: (sum: string) => `They have ${sum} now.`,
      current: (sum: string) => `The present instances cost ${sum}.`,
      recommended: (sum: string) => `The recommended ones cost ${sum}.`,
    },
    nodes: 'Nodes',
  },

  group: {
    title: {
      cluster: (shards: string, first: string) => `Cluster of ${shards} shards: ${first} and others`,
      replication: (primary: string) => `${primary} and its replicas`,
      replicasOnly: 'Replicas of one primary that is not in this report',
      named: (title: string, id: string) => `${id}: ${title}`,
      fleet: (count: string) => `${count} nodes`,
    },
    need: (count: string, machine: string, maxmemory: string, largest: string) =>
      `Each of the ${count} nodes needs ${machine} with a maxmemory of ${maxmemory}: sized by ${largest}, which needs most, as any of them may have to carry that load.`,
    machineOf: (bytes: string) => `a machine of ${bytes}`,
    instance: (name: string) => `an instance ${name}`,
    needUnknown: 'What each node needs is not known, because no history tells its used memory.',
    figure: {
      shards: 'Shards',
      nodes: 'Nodes',
      ofNodes: (count: string) => `${count} nodes`,
      roles: (primaries: string, replicas: string) => `primary ${primaries}, replica ${replicas}`,
      data: 'Data at the peak',
      countedOnce: 'replicas not counted',
      skew: 'Hottest shard',
      timesMean: (ratio: string) => `${ratio} × mean`,
      machine: 'Each machine',
      maxmemory: (bytes: string) => `maxmemory ${bytes}`,
      total: 'All machines',
      machines: (count: string) => `${count} machines`,
      times: (count: string, name: string) => `${count} × ${name}`,
      orShards: (count: string, name: string) => `or ${count} shards of ${name}`,
    },
    tableCaption: 'Nodes, each primary before its replicas',
    head: {
      node: 'Node',
      role: 'Role',
      peak: 'Peak used',
      share: 'Used against primary',
      machine: 'Machine',
      maxmemory: 'maxmemory',
      zone: 'Zone',
    },
    role: {
      primary: 'primary',
      replica: 'replica',
      replicaOf: (primary: string) => `replica of ${primary}`,
      replaced: (by: string) => `primary until ${by} took its place`,
    },
    unlimited: 'no limit',
    evenSuffices: (peak: string, limit: string, raise: boolean) =>
      `Reshard before buying: spread evenly, each shard would hold ${peak} at its peak, and the machines that are there would do${raise ? `, with a maxmemory of ${limit}` : ''}.`,
    evenShort: (machine: string) => `An even spread alone would not do: each shard would still need a machine of ${machine}.`,
    lost: {
      caption: 'When one is lost',
      head: { what: 'What fails', left: 'What is left', verdict: 'Verdict' },
      shard: (primary: string) => `primary ${primary}`,
      unreadPrimary: 'a primary that was not read',
      zone: (zone: string, primaries: number, nodes: number) =>
        `zone ${zone} (${nodes} ${nodes === 1 ? 'node' : 'nodes'}, ${primaries} ${primaries === 1 ? 'primary' : 'primaries'})`,
      verdict: { holds: 'holds', unknown: 'not known', short: 'too small', 'data-lost': 'data lost' },
      takesOver: (replica: string) => `${replica} takes over`,
      shortIn: (replica: string, what: string) => `${replica} would take over, but its ${what} is smaller than the load so far`,
      nobody: 'no replica: the data are gone until they are loaded again',
      noPrimary: 'no primary is in it; replicas come back later',
      reason: {
        'primary-not-read': 'its primary was not read',
        'replica-not-read': 'it has a replica that was not read',
        'replicas-not-told': 'the input does not say whether it has replicas',
        'machine-unknown': 'what the replica may hold is not known: its machine or its limit is not told',
      },
      zonesUnknown: (nodes: string) =>
        `Whether one zone may fail cannot be judged: the zones of ${nodes} are not known. Give them as \`zones:\` of a group in the file of --config.`,
      note: 'Judged by the highest load so far, against the replica’s limit and 95 % of its machine. Two servers on one host are not seen.',
    },
    unreadShards: (count: number) =>
      `${count === 1 ? 'One more shard' : `${count} more shards`} of this cluster ${count === 1 ? 'was' : 'were'} not read, and ${count === 1 ? 'is' : 'are'} in no figure here.`,
    labels: (list: string) => `As the configuration says: ${list}.`,
    smaller: (replica: string, what: string, primary: string) =>
      `${replica} has a smaller ${what} than ${primary}: after a failover it has less room for the same load.`,
    smallerIn: { machine: 'machine', maxmemory: 'maxmemory' },
    differs: (replica: string, share: string, primary: string) =>
      `${replica} holds ${share} of the used memory of ${primary}: more of a difference than buffers explain. See whether it is in step, and has the same keys and settings.`,
    /** The first page of a report of one group. */
    page: {
      of: (node: string, sentence: string) => `${node}: ${sentence}`,
      data: (shards: string, sum: string) => `The ${shards} shards held ${sum} in all at their peaks.`,
      hottest: (node: string, peak: string, times: string) => `The hottest, ${node}, held ${peak}, ${times} times the median.`,
      cause: {
        'more-keys': 'More keys make the difference: more slots than its share, or hash tags.',
        'larger-values': 'Larger values make the difference, not more keys.',
        both: 'It has more keys than the others, and larger values.',
      },
      on: (node: string, sentence: string) => `On ${node}: ${sentence}`,
      failover: {
        holds: (primaries: number): string =>
          primaries === 1 ? 'A replica can take over.' : 'Each primary has a replica that can take over.',
        short: (count: number): string =>
          count === 1
            ? 'The replica of one primary is too small to take over.'
            : `The replicas of ${count} primaries are too small to take over.`,
        'data-lost': (count: number) =>
          count === 1
            ? 'One primary has no replica: its data would be lost with it.'
            : `${count} primaries have no replica: their data would be lost with them.`,
      },
      figure: {
        data: 'Data at peak',
        ofShards: (shards: string) => `${shards} shards`,
        timesMedian: (node: string, ratio: string) => `${node}, ${ratio} × median`,
        at: (node: string, detail: string) => `${node}, ${detail}`,
        maxmemory: 'maxmemory of each',
        afterSpread: 'after an even spread',
        asTheyAre: 'as they are',
      },
      stepFor: {
        all: (count: string): string => (count === '2' ? 'For both nodes.' : `For all ${count} nodes.`),
        named: (list: string) => `For ${list}.`,
        some: (count: string, all: string) => `For ${count} of ${all} nodes.`,
        differs: (node: string) => `Shown as for ${node}: the others have their own figures, told with each of them.`,
      },
      givesEach: (bytes: string) => `${bytes} each`,
      moreSteps: (count: number): string =>
        count === 1 ? 'One more step is told with the nodes.' : `${count} more steps are told with the nodes.`,
      evidenceOf: (node: string, count: string) => `This is the weakest of ${count} histories, that of ${node}.`,
      glossary: [
        ['shard', 'a part of the keys of a cluster: one primary with its replicas', ['shards', 'shard']],
        ['primary', 'the node of a shard that takes the writes', ['primaries', 'primary']],
        ['replica', 'a node that holds the same data as its primary, and takes over when that is lost', ['replicas', 'replica']],
        ['median', 'half of the shards hold more than this, half less', ['median']],
      ] as readonly (readonly [term: string, meaning: string, forms?: readonly string[]])[],
    },
    /** Small charts beside one another, one for each shard. */
    panels: {
      skewed: (node: string, times: string) => `${node} is ${times} times as full as the median shard`,
      even: 'The shards are about equally full',
      nodes: 'The primary and its replicas on one scale',
      peak: (bytes: string) => `Peak ${bytes}`,
      hottest: 'hottest',
      ofLimit: (share: string) => `maxmemory ${share}`,
      noLimit: 'no maxmemory',
      ofMachine: (share: string) => `machine ${share}`,
      replica: (node: string, bytes: string) => `replica ${node}: ${bytes}`,
      alt: (node: string, from: string, to: string, peak: string, facts: string) =>
        `Used memory of ${node} from ${from} to ${to}. Highest: ${peak}. ${facts}.`,
      limit: 'maxmemory',
      target: (share: string) => `${share} of machine`,
      caption: (top: string) =>
        `All on one scale, from 0 to ${top}. Filled: used memory; thin line: resident memory; the dot is the peak. Limits above the scale are not drawn.`,
      notShown: (shown: string, all: string) => `The ${shown} hottest of ${all} shards are shown. All of them: `,
      allHere: 'table of nodes',
      head: {
        shard: 'Shard',
        peak: 'Peak used',
        limit: 'Of maxmemory',
        machine: 'Of the machine',
        verdict: 'Verdict',
        replicas: 'Replicas',
      },
    },
  },
};
