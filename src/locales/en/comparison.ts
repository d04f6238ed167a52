import type {
  ComparedAdvice,
  ComparedFigureId,
  Direction,
  FleetComparison,
  ForecastCheck,
  NodeComparison,
} from '../../model/comparison.ts';

type WordId = NodeComparison['words'][number]['id'];
type FindingChange = NodeComparison['findings'][number]['change'];
type Kind = FleetComparison['kind'];
/** Of a report that was made then, and of one that is only made now of an earlier window. */
type ByKind = Readonly<Record<Kind, string>>;
type Note = NodeComparison['notes'][number];

/** Words of what moved since an earlier report. Arguments arrive as finished text unless they are called `count`. */
export const comparisonWords = {
  title: (date: string) => `Since ${date}`,
  /** What follows the title on the first page; `parts` are those of `clause`. */
  sentence: (parts: readonly string[]) => `: ${parts.join('; ')}.`,
  nothing: 'nothing moved that matters',
  clause: {
    verdict: (from: string, to: string) => `the verdict went from ${from} to ${to}`,
    newFindings: (names: string, count: number) => `${names} ${count === 1 ? 'is' : 'are'} new`,
    graver: (names: string) => `${names} got worse`,
    gone: (names: string, count: number) => `${names} ${count === 1 ? 'is' : 'are'} gone`,
    exceeded: (over: string) => `the peak passed what was forecast by ${over}`,
    held: { baseline: 'the forecast made then held', period: 'a forecast of that day held' } satisfies ByKind,
    heldSoFar: (held: string, days: string, horizon: string) => `${held} so far (${days} of ${horizon})`,
    peak: (change: string, to: string, isUp: boolean) => `the peak ${isUp ? 'rose' : 'fell'} ${change} to ${to}`,
    waste: (change: string, isUp: boolean) => `memory that holds no data ${isUp ? 'grew' : 'fell'} by ${change}`,
    advice: (done: number, count: number) =>
      done === 0
        ? count === 1
          ? 'the step advised was not taken'
          : 'no step advised was taken'
        : done === count
          ? count === 1
            ? 'the step advised was taken'
            : `all ${count} steps advised were taken`
          : `${done} of ${count} steps advised ${done === 1 ? 'was' : 'were'} taken`,
    figure: (name: string, from: string, to: string) => `${name} ${from} → ${to}`,
    figureName: {
      maxmemory: 'maxmemory',
      machine: 'memory of the machine',
      'evictions-per-day': 'evicted keys a day',
      'refusals-per-day': 'refused writes a day',
      'hit-ratio': 'hit ratio',
      'memory-needed': 'memory needed',
    },
    reached: 'a limit is reached now',
    sooner: (days: string) => `a limit can be reached ${days} sooner`,
    later: (days: string) => `a limit can be reached ${days} later`,
  },
  windows: (now: string, earlier: string, made: string, version: string) =>
    `This report is of ${now}, the earlier one of ${earlier} (made ${made} with redis-headroom ${version}).`,
  periods: (now: string, earlier: string) => `This report is of ${now}, compared with ${earlier} of the same input.`,
  matchedBy: {
    address: (name: string) => `The node was called ${name} then: the same address, written otherwise.`,
    role: (name: string) => `Compared with ${name}, which had its place in the group then.`,
  },
  note: {
    'windows-overlap': 'The two windows overlap, so a peak of then may stand in both.',
    'windows-differ-in-length': 'The windows differ in length: the longer one has had more chances of a peak.',
    'averages-against-samples': 'One of the two was made of averages, which under-state peaks.',
  } satisfies Record<Note, string>,
  asked: (list: string) => `Asked for differently: ${list}. Figures that rest on it differ for that alone.`,
  askedSetting: {
    'target-ratio': 'target ratio',
    horizon: 'horizon',
    'system-memory': 'memory of the machine',
    instance: 'present instance',
    providers: 'providers',
    target: 'target of the move',
    growth: 'planned growth',
    import: 'planned import',
    policy: 'planned policy',
    shards: 'planned shards',
    engine: 'planned engine',
    replicas: 'planned replicas',
    persistence: 'planned persistence',
  } satisfies Record<FleetComparison['askedDifferently'][number], string>,

  movedCaption: 'What moved',
  noneMoved: 'No figure moved by more than noise.',
  unmoved: (list: string) => `Unchanged or within noise: ${list}.`,
  pair: (name: string, from: string, to: string) => (from === to ? `${name} ${to}` : `${name} ${from} → ${to}`),
  head: { figure: 'Figure', before: 'Then', after: 'Now', change: 'Difference' },
  share: (share: string) => `(${share})`,
  points: (points: string) => `${points} points`,
  unlimited: 'unlimited',
  figure: {
    'peak-used': 'Peak used',
    'peak-rss': 'Peak RSS',
    'machine-ratio': 'Machine at peak',
    waste: 'RSS − used',
    'rss-to-used': 'RSS ÷ used',
    maxmemory: 'maxmemory',
    'recommended-maxmemory': 'Recommended maxmemory',
    'memory-needed': 'Memory needed',
    machine: 'Memory of the machine',
    'growth-per-day': 'Growth a day',
    keys: 'Keys',
    'bytes-per-key': 'Data per key',
    'evictions-per-day': 'Evicted keys a day',
    'refusals-per-day': 'Refused writes a day',
    'hit-ratio': 'Hit ratio',
  } satisfies Record<ComparedFigureId, string>,
  word: {
    instance: 'Instance',
    'recommended-instance': 'Recommended instance',
    engine: 'Engine',
    role: 'Role',
    'maxmemory-policy': 'maxmemory-policy',
    activedefrag: 'activedefrag',
    aof: 'AOF',
    diagnosis: 'Fragmentation',
  } satisfies Record<WordId, string>,
  verdict: 'Verdict',
  reach: 'First limit (10 % chance)',
  reachAt: (date: string, days: string) => `${date} (${days})`,
  reachedNow: 'reached',
  reachBeyond: (days: string) => `not within ${days}`,
  sooner: (days: string) => `${days} sooner`,
  later: (days: string) => `${days} later`,

  findingsCaption: 'Findings that changed',
  findingsHead: { finding: 'Finding', before: 'Then', after: 'Now', change: 'Change' },
  findingChange: {
    new: 'new',
    worse: 'worse',
    better: 'less severe',
    gone: 'gone',
    'first-judged': 'not judged then',
    'not-judged': 'not to be judged now',
  } satisfies Record<FindingChange, string>,
  notRaised: 'none',

  adviceCaption: {
    baseline: 'What was advised, and what became of it',
    period: 'What would have been advised then, and what became of it',
  } satisfies ByKind,
  adviceHead: { step: 'Advised', status: 'Done', setting: 'Setting', effect: 'Measured, then → now' },
  status: {
    applied: 'yes',
    partly: 'in part',
    otherwise: 'otherwise',
    'not-applied': 'no',
    resolved: 'its finding is gone',
    unresolved: 'its finding remains',
    'not-visible': 'cannot be seen',
  } satisfies Record<ComparedAdvice['status'], string>,
  asAdvised: (from: string | undefined, to: string) => (from === undefined || from === to ? to : `${from} → ${to}`),
  unlikeAdvised: (from: string | undefined, to: string, advised: string) =>
    from === undefined || from === to ? `${to}, advised ${advised}` : `${from} → ${to}, advised ${advised}`,
  seenAt: (setting: string, when: string) => `${setting} (seen ${when})`,
  effect: (name: string, from: string, to: string) => `${name} ${from} → ${to}`,
  effectNote: 'What was measured after a step need not be because of it: the load may have changed too.',

  forecastTitle: {
    held: 'What came stayed below the forecast’s bound',
    exceeded: 'What came passed the forecast’s bound',
    undecided: 'What was forecast, and what came',
  } satisfies Record<ForecastCheck['status'], string>,
  forecastAlt: (days: string, p50: string, p90: string, p95: string, peak: string) =>
    `Daily peaks before and after the end of the earlier window, with a forecast of its day over them. For the ${days} since, it says ${p50} (even chance), ${p90} (10 %), ${p95} (5 %); the highest was ${peak}.`,
  forecastNow: { baseline: 'forecast made', period: 'forecast from here' } satisfies ByKind,
  forecastSaid: {
    baseline: (days: string, said: string) => `For the ${days} since, the earlier forecast said: ${said}.`,
    period: (days: string, said: string) => `For the ${days} since, a forecast of that day would have said: ${said}.`,
  } satisfies Record<Kind, (days: string, said: string) => string>,
  forecastQuantiles: (p50: string, p90: string, p95: string) => `${p50} as likely as not, ${p90} with a chance of 10 %, ${p95} with 5 %`,
  forecastCame: (peak: string, when: string) => `The highest was ${peak} on ${when}.`,
  forecastStatus: {
    held: (horizon: string | undefined) => (horizon === undefined ? 'It held.' : `It has held so far; it looks ${horizon} ahead.`),
    exceeded: (over: string) => `It was exceeded by ${over}, which one forecast in twenty is.`,
    undecided: 'Whether it held is not yet decided:',
  },
  noForecast: 'Of that day there is no forecast that could be held against what came.',
  undecided: {
    'no-time': 'less than a day has passed since.',
    'too-few-samples': (share: string) => `only ${share} of the time since has samples, and the peak may have passed unseen.`,
    'held-at-limit': 'maxmemory held the data, so what would have come is not known.',
    'no-fan': 'the earlier report tells only its whole horizon.',
  } satisfies Record<Exclude<ForecastCheck['reason'], 'no-forecast' | undefined>, string | ((share: string) => string)>,

  fleet: {
    directions: (total: string, parts: string) => `of ${total} nodes, ${parts}`,
    count: {
      worse: (count) => `${count} got worse`,
      mixed: (count) => `${count} moved both ways`,
      better: (count) => `${count} got better`,
      changed: (count) => `${count} changed`,
      same: (count) => `${count} stayed as before`,
    } satisfies Record<Direction, (count: string) => string>,
    newCount: (count: number) => (count === 1 ? '1 node is new' : `${count} nodes are new`),
    goneCount: (count: number) => (count === 1 ? '1 is gone' : `${count} are gone`),
    caption: 'Nodes that changed',
    head: { node: 'Node', direction: 'Direction', what: 'What moved' },
    direction: { worse: 'worse', mixed: 'both ways', better: 'better', changed: 'changed', same: 'as before' } satisfies Record<
      Direction,
      string
    >,
    same: (list: string) => `As before: ${list}.`,
    newNodes: (list: string) => `New, so with nothing to compare: ${list}.`,
    goneNodes: (list: string) => `Gone, or under another name: ${list}.`,
    others: (count: number) => `${count} more`,
    totalsCaption: 'All nodes together',
    totalName: 'peaks of the data together',
    total: {
      'data-peak': 'Peaks of the data',
      'memory-needed': 'Memory needed',
      machines: 'Memory of the machines',
      'current-price': 'Price of the present instances',
      'recommended-price': 'Price of the recommended instances',
    } satisfies Record<FleetComparison['totals'][number]['id'], string>,
    ofSome: (value: string, known: string, all: string) => `${value} (of ${known} of ${all})`,
  },
};
