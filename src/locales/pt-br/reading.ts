import { type ReadingMessage, sayReading } from '../reading-words.ts';
import { plural } from './plural.ts';
import { READING_PROBLEMS } from './reading-problems.ts';

/** `3 células`, from a number in digits. */
const count = (digits: string, one: string, many: string): string => plural(Number(digits), digits, one, many);

/** `100,0`, from `100.0`. */
const decimal = (number: string): string => number.replace('.', ',');

const UNITS: Readonly<Record<string, readonly [string, string]>> = {
  days: ['dia', 'dias'],
  hours: ['hora', 'horas'],
  minutes: ['minuto', 'minutos'],
  s: ['s', 's'],
};

function span(number: string, unit: string): string {
  const [one, many] = UNITS[unit] ?? [unit, unit];
  return plural(Number(number), decimal(number), one, many);
}

const TIME_FORMS: Readonly<Record<string, string>> = {
  'epoch seconds': 'segundos epoch',
  'epoch milliseconds': 'milissegundos epoch',
  'epoch microseconds': 'microssegundos epoch',
  'epoch nanoseconds': 'nanossegundos epoch',
  'date and time without an offset': 'data e hora sem fuso',
  'date and time with an offset': 'data e hora com fuso',
  'date with the month in words': 'data com o mês por extenso',
  'day/month/year': 'dia/mês/ano',
  'month/day/year': 'mês/dia/ano',
};

const timeForm = (label: string): string => TIME_FORMS[label] ?? label.replace(/^pattern /, 'padrão ');

const REMEMBERED: Readonly<Record<string, readonly [string, string]>> = {
  'keys evicted': ['chave despejada', 'chaves despejadas'],
  'writes refused for want of memory': ['escrita recusada por falta de memória', 'escritas recusadas por falta de memória'],
  'connections refused': ['conexão recusada', 'conexões recusadas'],
  'full synchronisations': ['sincronização completa', 'sincronizações completas'],
  forks: ['fork', 'forks'],
};

/** `12 keys evicted, 1 forks` → `12 chaves despejadas, 1 fork`. */
function remembered(list: string): string {
  return list.replace(/(\d+) ([a-z ]+)/g, (told, digits: string, what: string) => {
    const words = REMEMBERED[what];
    return words === undefined ? told : count(digits, ...words);
  });
}

const PASSED_OVER: Readonly<Record<string, string>> = {
  'name no metric that is read': 'não trazem nenhuma métrica conhecida',
  'minima say nothing about peaks': 'mínimos nada dizem sobre picos',
  'tell of machines and not whose they are: give --system-memory':
    'falam de máquinas e não dizem de quem elas são: informe --system-memory',
  'count within a period': 'contam dentro de um período',
};

/** The message of an error that a note quotes. */
const quoted = (error: string): string => sayReading(readingMessages, error);

/** What the sources note and why they reject a row, in Brazilian Portuguese. */
export const readingMessages: readonly ReadingMessage[] = [
  // Prometheus
  {
    english: /^Scraped every (\S+) s, read as the highest value of every (\S+) s; a shorter window \(--from, --to\) is read finer\.$/,
    say: (scrape, step) =>
      `Coletado a cada ${scrape} s e lido como o maior valor de cada ${step} s; um período mais curto (--from, --to) é lido com mais detalhe.`,
  },
  {
    english: /^Several series have the same (.+?); they differ in (\S+), which therefore stands in the names of the servers\.$/,
    say: (labels, other) =>
      `Várias séries têm os mesmos valores de ${labels.replace(' and ', ' e ')}; o que as distingue é ${other}, que por isso faz parte dos nomes dos servidores.`,
  },
  {
    english:
      /^The memory limit of a container is known for the pod of (.+?)(?: and (\d+) more)?, but not which container is the server's; --system-memory tells it\.$/,
    say: (node, more) =>
      `O limite de memória de um contêiner é conhecido no pod de ${node}${more === '' ? '' : ` e de mais ${more}`}, mas não se sabe qual contêiner é o do servidor; informe com --system-memory.`,
  },
  {
    english:
      /^Memory of the machine by node_memory_MemTotal_bytes of the same host, as for (.+); --system-memory where the server runs elsewhere\.$/,
    say: (node) =>
      `Memória da máquina segundo node_memory_MemTotal_bytes do mesmo host, como em ${node}; informe --system-memory se o servidor roda em outra máquina.`,
  },
  // INFO dumps
  {
    english: /^The dumps carry no time: they are placed by uptime_in_seconds, counted from (\S+)\. Distances are real, dates are not\.$/,
    say: (from) =>
      `Os dumps não trazem horário: foram posicionados por uptime_in_seconds, a partir de ${from}. As distâncias são reais; as datas, não.`,
  },
  {
    english: /^The dumps carry no time and no uptime: they are placed one minute apart, from (\S+), in the order of the file\.$/,
    say: (from) =>
      `Os dumps não trazem horário nem uptime: foram posicionados de minuto em minuto, a partir de ${from}, na ordem do arquivo.`,
  },
  {
    english: /^(\d+) times such as (\S+) were not read: day and month cannot be told apart\. Say which with --time-format\.$/,
    say: (times, such) =>
      `${count(times, 'horário', 'horários')} como ${such} ficaram de fora: não dá para distinguir dia e mês. Informe a ordem com --time-format.`,
  },
  {
    english:
      /^(\d+) dumps? tells? memory only as used_memory_human and its like, rounded to about 1 %\. Save the whole INFO for exact figures\.$/,
    say: (dumps) =>
      `${count(dumps, 'dump traz', 'dumps trazem')} a memória só como used_memory_human e afins, com arredondamento de cerca de 1%. Salve o INFO inteiro para ter números exatos.`,
  },
  {
    english: /^(\d+) lines longer than 1 MiB were skipped\.$/,
    say: (lines) => `${count(lines, 'linha com mais de 1 MiB foi ignorada', 'linhas com mais de 1 MiB foram ignoradas')}.`,
  },
  {
    english: /^Several servers with the same name or port alternate: they are told apart by run_id\.$/,
    say: () => 'Vários servidores com o mesmo nome ou porta se alternam: foram distinguidos pelo run_id.',
  },
  {
    english: /^dump without a time, and without an uptime that ties it to one with a time$/,
    say: () => 'dump sem horário e sem um uptime que o ligue a outro com horário',
  },
  {
    english: /^(Pika|Kvrocks), not Redis: its memory fields mean something else$/,
    say: (engine) => `${engine}, e não Redis: os campos de memória dele significam outra coisa`,
  },
  { english: /^a Sentinel: it stores no data$/, say: () => 'um Sentinel: não guarda dados' },
  { english: /^INFO without used_memory$/, say: () => 'INFO sem used_memory' },

  // Tables
  {
    english: /^(.+): (\d+) (?:cells?|values?) left out, as no number stands there \(first "(.*)" in line (\d+)\)$/,
    say: (column, values, first, line) =>
      `${column}: ${count(values, 'valor ficou de fora, pois ali não há um número', 'valores ficaram de fora, pois ali não há um número')} (o primeiro: "${first}", na linha ${line})`,
  },
  {
    english: /^"(.*)" promises (.+); its values are (.+), and are read so$/,
    say: (column, promised, form) => `"${column}" promete ${timeForm(promised)}; os valores são ${timeForm(form)}, e foram lidos assim`,
  },
  {
    english: /^"(.*)" is read as (day\/month\/year|month\/day\/year)$/,
    say: (column, form) => `"${column}" foi lida como ${timeForm(form)}`,
  },
  {
    english: /^date and time are joined from "(.*)" and "(.*)"$/,
    say: (date, clock) => `data e hora foram reunidas a partir de "${date}" e "${clock}"`,
  },
  {
    english: /^"(.*)" is ([\d.]+) (days|hours|minutes) (ahead of|behind) "(.*)" in most rows; "(.*)" is read$/,
    say: (column, number, unit, side, other, read) =>
      `"${column}" está ${span(number, unit)} ${side === 'behind' ? 'atrás' : 'à frente'} de "${other}" na maioria das linhas; foi lida "${read}"`,
  },
  {
    english:
      /^(\d+) columns tell the memory of machines or containers, and none can be told to be this node's \(first "(.*)"\): name one with (--map .*)$/,
    say: (columns, first, map) =>
      `${columns} colunas trazem a memória de máquinas ou contêineres, e não dá para dizer qual é a deste nó (a primeira: "${first}"): escolha uma com ${map}`,
  },
  {
    english: /^--metric is passed over: the column "(.*)" names the metric of each row$/,
    say: (column) => `--metric foi ignorado: a coluna "${column}" diz a métrica de cada linha`,
  },
  {
    english: /^(\d+) series passed over, as (?:they )?(.+) \(first "(.*)"\)$/,
    say: (series, why, first) =>
      `${count(series, 'série ignorada', 'séries ignoradas')}, pois ${PASSED_OVER[why] ?? why} (a primeira: "${first}")`,
  },
  {
    english: /^"(.*)" holds rounded sizes, correct to about 1 %$/,
    say: (column) => `"${column}" traz tamanhos arredondados, com precisão de cerca de 1%`,
  },
  {
    english: /^--map names the column "(.*)", which this file does not have$/,
    say: (column) => `--map cita a coluna "${column}", que não existe neste arquivo`,
  },
  {
    english: /^"(.*)" is read as bytes, and its values are too small for that: give its unit, (--map .*)$/,
    say: (column, map) => `"${column}" foi lida como bytes, e os valores são pequenos demais para isso: informe a unidade, ${map}`,
  },
  {
    english: /^(\d+) rows without a value that can be used$/,
    say: (rows) => count(rows, 'linha sem um valor utilizável', 'linhas sem um valor utilizável'),
  },
  { english: /^its quotes do not match, or it is too long$/, say: () => 'as aspas não fecham, ou a linha é longa demais' },
  {
    english: /^(\d+) cells where the table has (\d+) columns$/,
    say: (cells, columns) => `${count(cells, 'célula', 'células')} onde a tabela tem ${count(columns, 'coluna', 'colunas')}`,
  },
  {
    english: /^time "(.*)" cannot be read as (.*)$/,
    say: (stamp, form) => `o horário "${stamp}" não pode ser lido como ${timeForm(form)}`,
  },

  // Servers, and the history folder
  { english: /^reading stopped early: (.*)$/, say: (error) => `a leitura parou antes do fim: ${quoted(error)}` },
  {
    english: /^(?:1 try|(\d+) tries) failed: (.*)$/,
    say: (tries, error) => `${count(tries || '1', 'tentativa falhou', 'tentativas falharam')}: ${quoted(error)}`,
  },
  {
    english: /^The clock of this machine was set by (-?\d+) s while sampling\.$/,
    say: (seconds) => `O relógio desta máquina foi alterado em ${seconds} s durante a amostragem.`,
  },
  {
    english:
      /^A look of ([\d.]+) s, no history: growth, daily peaks and how memory moves are not in it\. `redis-headroom collect` records them\.$/,
    say: (seconds) =>
      `Uma olhada de ${decimal(seconds)} s, não um histórico: crescimento, picos diários e o movimento da memória não estão nela. \`redis-headroom collect\` os registra.`,
  },
  {
    english: /^(.*) remembers its last (\d+) (days|hours|s) \(counters since its start or the last CONFIG RESETSTAT\): (.*)\.$/,
    say: (node, number, unit, list) =>
      `${node} guarda os últimos ${span(number, unit)} (contadores desde o início ou o último CONFIG RESETSTAT): ${remembered(list)}.`,
  },
  {
    english:
      /^No settings: CONFIG GET is not answered by (\S+)(?: and (\d+) more)?\. Managed services do not know it; on a server of your own `redis-headroom acl --settings` prints the rule that suffices\.$/,
    say: (node, more) =>
      `Sem configurações: o CONFIG GET não é respondido por ${node}${more === '' ? '' : ` e mais ${more}`}. Serviços gerenciados não o conhecem; em um servidor seu, \`redis-headroom acl --settings\` mostra a regra que basta.`,
  },
  {
    english:
      /^No keyspace sample: (\S+) does not let this user run (.{1,40}), or does not know it\. `redis-headroom acl --keyspace-sample` prints the rule that suffices\.$/,
    say: (node, command) =>
      `Sem amostra de chaves: ${node} não deixa este usuário usar ${command}, ou não o conhece. \`redis-headroom acl --keyspace-sample\` mostra a regra que basta.`,
  },
  {
    english: /^No keyspace sample of (\S+): the time was up before it began\. A longer --for gives it more\.$/,
    say: (node) => `Sem amostra de chaves de ${node}: o tempo acabou antes de ela começar. Um --for maior dá mais tempo.`,
  },
  {
    english: /^No keyspace sample: (.*)$/,
    say: (error) => `Sem amostra de chaves: ${quoted(error)}`,
  },
  {
    english: /^The keyspace sample of (\S+) ended early: (.*)$/,
    say: (node, error) => `A amostra de chaves de ${node} terminou antes da hora: ${quoted(error)}`,
  },
  {
    english: /^The keyspace sample of (\S+) is of its first database only: SELECT is not allowed, or not known\.$/,
    say: (node) => `A amostra de chaves de ${node} é só do primeiro banco: SELECT não é permitido, ou não é conhecido.`,
  },
  {
    english: /^Collected in (?:one run|(\d+) runs), (\d+) of which ended in order\.$/,
    say: (runs, ended) => `Coletado em ${count(runs || '1', 'execução', 'execuções')}, das quais terminaram em ordem: ${ended}.`,
  },
  {
    english: /^(\S+): the collector's clock was set (forward|back) by ([\d.]+) s, or the machine slept\.$/,
    say: (at, side, seconds) =>
      `${at}: o relógio do coletor foi ${side === 'back' ? 'atrasado' : 'adiantado'} em ${decimal(seconds)} s, ou a máquina dormiu.`,
  },
  {
    english: /^(\S+): (\d+) samples were lost, since the disk took nothing for long\.$/,
    say: (at, samples) =>
      `${at}: ${count(samples, 'amostra se perdeu', 'amostras se perderam')}, pois o disco passou muito tempo sem aceitar escritas.`,
  },
  {
    english: /^(\S+): (\d+) bytes of a torn line were cut off (.*)\.$/,
    say: (at, bytes, file) => `${at}: ${bytes} bytes de uma linha incompleta foram cortados de ${file}.`,
  },
  {
    english: /^(\S+) is damaged: labels and instance types in it are not known\. The next start of the collector writes it anew\.$/,
    say: (file) =>
      `${file} está danificado: os rótulos e os tipos de instância nele não são conhecidos. O próximo início do coletor o grava de novo.`,
  },

  // Inputs and servers of which nothing could be used; the last pattern fits others too, and gives them back as they are
  {
    english: /^(.+?): no row can be used(?:; here: (.*))?\.$/,
    say: (input, why) => `${input}: nenhuma linha pode ser usada${why === '' ? '' : `; aqui: ${quoted(why)}`}.`,
  },
  {
    english: /^(.+?): no column holds the time\. Columns: (.*)\. Name it with --time-column, and its form with --time-format\.$/,
    say: (input, columns) =>
      `${input}: nenhuma coluna traz o horário. Colunas: ${columns}. Informe-a com --time-column, e a forma com --time-format.`,
  },
  {
    english: /^(.+?): no column is a metric by its name\. Columns: (.*)\. Say what they hold: .*$/,
    say: (input, columns) => `${input}: nenhuma coluna tem nome de métrica. Colunas: ${columns}. Diga o que elas contêm com --map.`,
  },
  {
    english: /^(.+?): (.+?)( \([^()]*\))?$/s,
    say: (input, problem, detail) => `${input}: ${READING_PROBLEMS[problem] ?? problem}${detail}`,
  },
];
