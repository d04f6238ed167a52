import type { Locale } from '../index.ts';

/** Words of what moved since an earlier report in Brazilian Portuguese. */
export const comparisonWords: Locale['comparison'] = {
  title: (date) => `Desde ${date}`,
  sentence: (parts) => `: ${parts.join('; ')}.`,
  nothing: 'nada que importe mudou',
  clause: {
    verdict: (from, to) => `o veredito passou de ${from} para ${to}`,
    newFindings: (names, count) => `${count === 1 ? 'achado novo' : 'achados novos'} (${names})`,
    graver: (names) => `agravou-se: ${names}`,
    gone: (names, count) => `${count === 1 ? 'achado resolvido' : 'achados resolvidos'} (${names})`,
    exceeded: (over) => `o pico superou o previsto em ${over}`,
    held: { baseline: 'a previsão feita na época se manteve', period: 'uma previsão daquele dia se manteve' },
    heldSoFar: (held, days, horizon) => `${held} até aqui (${days} de ${horizon})`,
    peak: (change, to, isUp) => `o pico ${isUp ? 'subiu' : 'caiu'} ${change}, para ${to}`,
    waste: (change, isUp) => `a memória que não guarda dados ${isUp ? 'cresceu' : 'caiu'} ${change}`,
    advice: (done, count) =>
      done === 0
        ? count === 1
          ? 'o passo recomendado não foi dado'
          : 'nenhum passo recomendado foi dado'
        : done === count
          ? count === 1
            ? 'o passo recomendado foi dado'
            : `todos os ${count} passos recomendados foram dados`
          : done === 1
            ? `1 dos ${count} passos recomendados foi dado`
            : `${done} dos ${count} passos recomendados foram dados`,
    figure: (name, from, to) => `${name}: ${from} → ${to}`,
    figureName: {
      maxmemory: 'maxmemory',
      machine: 'memória da máquina',
      'evictions-per-day': 'chaves despejadas por dia',
      'refusals-per-day': 'escritas recusadas por dia',
      'hit-ratio': 'taxa de acertos',
      'memory-needed': 'memória necessária',
    },
    reached: 'um limite já foi atingido',
    sooner: (days) => `um limite pode ser atingido ${days} antes`,
    later: (days) => `um limite pode ser atingido ${days} depois`,
  },
  windows: (now, earlier, made, version) =>
    `Este relatório cobre ${now}; o anterior, ${earlier} (gerado em ${made} com o redis-headroom ${version}).`,
  periods: (now, earlier) => `Este relatório cobre ${now}, em comparação com ${earlier} da mesma entrada.`,
  matchedBy: {
    address: (name) => `Na época o nó se chamava ${name}: é o mesmo endereço, escrito de outra forma.`,
    role: (name) => `A comparação é com ${name}, que na época tinha o lugar dele no grupo.`,
  },
  note: {
    'windows-overlap': 'Os dois períodos se sobrepõem, então um pico daquela época pode estar em ambos.',
    'windows-differ-in-length': 'Os períodos têm durações diferentes: o mais longo teve mais chances de um pico.',
    'averages-against-samples': 'Um dos dois vem de médias, que subestimam os picos.',
  },
  asked: (list) => `Pedido de outra forma: ${list}. Valores que dependem disso diferem só por isso.`,
  askedSetting: {
    'target-ratio': 'ocupação alvo',
    horizon: 'horizonte',
    'system-memory': 'memória da máquina',
    instance: 'instância atual',
    providers: 'provedores',
    target: 'destino da migração',
    growth: 'crescimento planejado',
    import: 'carga planejada',
    policy: 'política planejada',
    shards: 'shards planejados',
    engine: 'servidor planejado',
    replicas: 'réplicas planejadas',
    persistence: 'persistência planejada',
  },

  movedCaption: 'O que mudou',
  noneMoved: 'Nenhum valor mudou além do ruído.',
  unmoved: (list) => `Sem mudança ou dentro do ruído: ${list}.`,
  pair: (name, from, to) => (from === to ? `${name} ${to}` : `${name} ${from} → ${to}`),
  head: { figure: 'Valor', before: 'Antes', after: 'Agora', change: 'Diferença' },
  share: (share) => `(${share})`,
  points: (points) => `${points} pontos`,
  unlimited: 'sem limite',
  figure: {
    'peak-used': 'Pico de uso',
    'peak-rss': 'Pico de RSS',
    'machine-ratio': 'Máquina no pico',
    waste: 'RSS − memória usada',
    'rss-to-used': 'RSS ÷ memória usada',
    maxmemory: 'maxmemory',
    'recommended-maxmemory': 'maxmemory recomendado',
    'memory-needed': 'Memória necessária',
    machine: 'Memória da máquina',
    'growth-per-day': 'Crescimento por dia',
    keys: 'Chaves',
    'bytes-per-key': 'Dados por chave',
    'evictions-per-day': 'Chaves despejadas por dia',
    'refusals-per-day': 'Escritas recusadas por dia',
    'hit-ratio': 'Taxa de acertos',
  },
  word: {
    instance: 'Instância',
    'recommended-instance': 'Instância recomendada',
    engine: 'Servidor',
    role: 'Papel',
    'maxmemory-policy': 'maxmemory-policy',
    activedefrag: 'activedefrag',
    aof: 'AOF',
    diagnosis: 'Fragmentação',
  },
  verdict: 'Veredito',
  reach: 'Primeiro limite (10% de chance)',
  reachAt: (date, days) => `${date} (${days})`,
  reachedNow: 'atingido',
  reachBeyond: (days) => `não em ${days}`,
  sooner: (days) => `${days} antes`,
  later: (days) => `${days} depois`,

  findingsCaption: 'Achados que mudaram',
  findingsHead: { finding: 'Achado', before: 'Antes', after: 'Agora', change: 'Mudança' },
  findingChange: {
    new: 'novo',
    worse: 'mais grave',
    better: 'menos grave',
    gone: 'resolvido',
    'first-judged': 'não avaliado antes',
    'not-judged': 'sem como avaliar agora',
  },
  notRaised: 'nenhum',

  adviceCaption: {
    baseline: 'O que foi recomendado e o que foi feito',
    period: 'O que teria sido recomendado na época e o que foi feito',
  },
  adviceHead: { step: 'Recomendado', status: 'Feito', setting: 'Configuração', effect: 'Medido, antes → agora' },
  status: {
    applied: 'sim',
    partly: 'em parte',
    otherwise: 'de outra forma',
    'not-applied': 'não',
    resolved: 'o achado sumiu',
    unresolved: 'o achado continua',
    'not-visible': 'não dá para ver',
  },
  asAdvised: (from, to) => (from === undefined || from === to ? to : `${from} → ${to}`),
  unlikeAdvised: (from, to, advised) =>
    from === undefined || from === to ? `${to}, recomendado ${advised}` : `${from} → ${to}, recomendado ${advised}`,
  seenAt: (setting, when) => `${setting} (visto em ${when})`,
  effect: (name, from, to) => `${name} ${from} → ${to}`,
  effectNote: 'O que se mediu depois de um passo não se deve necessariamente a ele: a carga também pode ter mudado.',

  forecastTitle: {
    held: 'O que veio ficou abaixo do teto da previsão',
    exceeded: 'O que veio passou do teto da previsão',
    undecided: 'O que foi previsto e o que veio',
  },
  forecastAlt: (days, p50, p90, p95, peak) =>
    `Picos diários antes e depois do fim do período anterior, com uma previsão daquele dia sobre eles. Para os ${days} seguintes, ela diz ${p50} (chance igual), ${p90} (10%), ${p95} (5%); o maior foi ${peak}.`,
  forecastNow: { baseline: 'previsão feita', period: 'previsão a partir daqui' },
  forecastSaid: {
    baseline: (days, said) => `Para os ${days} seguintes, a previsão anterior dizia: ${said}.`,
    period: (days, said) => `Para os ${days} seguintes, uma previsão daquele dia teria dito: ${said}.`,
  },
  forecastQuantiles: (p50, p90, p95) => `${p50} com chance igual de mais ou de menos, ${p90} com 10% de chance, ${p95} com 5%`,
  forecastCame: (peak, when) => `O maior valor foi ${peak}, em ${when}.`,
  forecastStatus: {
    held: (horizon) => (horizon === undefined ? 'Ela se manteve.' : `Ela se manteve até aqui; seu horizonte é de ${horizon}.`),
    exceeded: (over) => `Ela foi superada em ${over}, o que acontece com uma previsão em vinte.`,
    undecided: 'Ainda não dá para dizer se ela se manteve:',
  },
  noForecast: 'Daquele dia não há previsão que se possa comparar com o que veio.',
  undecided: {
    'no-time': 'passou menos de um dia desde então.',
    'too-few-samples': (share) => `só ${share} do tempo desde então tem amostras, e o pico pode ter passado despercebido.`,
    'held-at-limit': 'o maxmemory conteve os dados, então não se sabe o que teria vindo.',
    'no-fan': 'o relatório anterior só informa o horizonte inteiro.',
  },

  fleet: {
    directions: (total, parts) => `de ${total} nós, ${parts}`,
    count: {
      worse: (count) => `${count} em piora`,
      mixed: (count) => `${count} em parte melhor, em parte pior`,
      better: (count) => `${count} em melhora`,
      changed: (count) => `${count} com outra mudança`,
      same: (count) => `${count} como antes`,
    },
    newCount: (count) => (count === 1 ? '1 nó é novo' : `${count} nós são novos`),
    goneCount: (count) => (count === 1 ? '1 sumiu' : `${count} sumiram`),
    caption: 'Nós que mudaram',
    head: { node: 'Nó', direction: 'Direção', what: 'O que mudou' },
    direction: { worse: 'pior', mixed: 'os dois', better: 'melhor', changed: 'mudou', same: 'como antes' },
    same: (list) => `Como antes: ${list}.`,
    newNodes: (list) => `Novos, sem com o que comparar: ${list}.`,
    goneNodes: (list) => `Sumiram ou têm outro nome: ${list}.`,
    others: (count) => `mais ${count}`,
    totalsCaption: 'Todos os nós juntos',
    totalName: 'picos dos dados somados',
    total: {
      'data-peak': 'Picos dos dados',
      'memory-needed': 'Memória necessária',
      machines: 'Memória das máquinas',
      'current-price': 'Preço das instâncias atuais',
      'recommended-price': 'Preço das instâncias recomendadas',
    },
    ofSome: (value, known, all) => `${value} (de ${known} entre ${all})`,
  },
};
