import type { Action } from '../../model/analysis.ts';
import type { Format } from '../format-type.ts';
import type { JudgementWords } from '../judgement-words.ts';
import { plural } from './plural.ts';

type Values = Readonly<Record<string, number | string | boolean>>;

/** The number of that name, told by `write`; `otherwise` where it is not known. */
function tell(values: Values, key: string, write: (value: number) => string, otherwise = ''): string {
  const value = values[key];
  return typeof value === 'number' ? write(value) : otherwise;
}

const word = (values: Values, key: string, otherwise: string): string => String(values[key] ?? otherwise);

/** What is failing, with its article, and as one of several. */
const SAVE_WORDS: Readonly<Record<string, { readonly the: string; readonly of: string }>> = {
  rdbLastBgsaveStatus: { the: 'O salvamento RDB', of: 'o salvamento RDB' },
  aofLastRewriteStatus: { the: 'O rewrite do AOF', of: 'o rewrite do AOF' },
  aofLastWriteStatus: { the: 'A escrita do AOF', of: 'a escrita do AOF' },
};

/** What a better input would be, by what is wrong with this one. */
const INPUT_WORDS: Readonly<Record<string, { readonly title: string; readonly detail: string }>> = {
  averaged: { title: 'Exporte máximos em vez de médias', detail: 'As médias escondem os picos que decidem os tamanhos.' },
  'used-memory': {
    title: 'Diga qual coluna traz a memória usada',
    detail:
      'Nenhuma foi lida como used_memory: redis-headroom inspect FILE mostra o que foi entendido. --map usedMemoryBytes=COLUMN indica a coluna.',
  },
};

const UNSUPPORTED_WORDS: Readonly<Record<string, string>> = {
  'system-jemalloc': 'Ele foi compilado com o jemalloc do sistema, e não com o próprio, que tem o patch necessário.',
  'not-jemalloc': 'Ele não usa jemalloc.',
  'version-too-old': 'A versão é antiga demais: o Redis tem activedefrag desde a 4.0.',
};

/** Why one shard holds more than the others. */
function skewCause(values: Values, format: Format): string {
  const keys = tell(values, 'keysRatio', (ratio) => `${format.number(ratio, 2)} vezes o número de chaves do shard médio`);
  const size = tell(values, 'bytesPerKeyRatio', (ratio) => `${format.number(ratio, 2)} vezes os bytes por chave`);
  switch (values.cause) {
    case 'more-keys':
      return `Ele tem ${keys}: mais slots do que a sua parte, ou hash tags que mantêm muitas chaves juntas.`;
    case 'larger-values':
      return `Ele tem ${size}, e não mais chaves: procure algumas muito grandes (redis-cli --bigkeys). Uma única chave grande não pode ser distribuída, só dividida.`;
    case 'both':
      return `Ele tem ${keys} e ${size}.`;
    default:
      return 'Procure chaves muito grandes e hash tags que mantêm muitas chaves juntas.';
  }
}

/** Why a replica could not take over. */
const SHORT_IN_WORDS: Readonly<Record<string, string>> = {
  machine: 'a máquina é pequena demais',
  maxmemory: 'o maxmemory é pequeno demais',
  'machine and maxmemory': 'a máquina e o maxmemory são pequenos demais',
};
const SMALLER_IN_WORDS: Readonly<Record<string, string>> = { maxmemory: 'maxmemory', 'machine and maxmemory': 'máquina e maxmemory' };

/** What "perhaps" adds where the history cannot yet tell two causes apart. */
const unsure = (values: Values): string =>
  values.isCertain === false ? ' Com este histórico ainda não dá para descartar as outras explicações.' : '';

/** The Lua heap explains at least half of what lies outside the allocator. */
const isLuaMost = (values: Values): boolean => Number(values.luaOutsideBytes) >= Number(values.rssMinusResidentBytes) / 2;

/** Hedges a headline about something that is only one of the explanations. */
const perhaps = (values: Values, text: string): string =>
  values.isMain === false ? `Possivelmente ${text.replace(/^\p{Lu}(?=[\p{Ll} ])/u, (letter) => letter.toLowerCase())}` : text;

/** Where the room is to come from: a larger machine, or more shards where these are planned. */
function roomFrom(v: Values, f: Format): string {
  return tell(v, 'plannedShards', (n) => `Distribua os dados em ${f.number(n)} shards`, 'Aumente a máquina');
}

/** The nodes of a group that something is to be done to. */
function groupNodes(v: Values, f: Format): string {
  const all = Number(v.nodes);
  const some = Number(v.stepNodes ?? all);
  if (some < all) return `${f.number(some)} de ${f.number(all)} nós`;
  return all === 2 ? 'ambos os nós' : `todos os ${f.number(all)} nós`;
}

/** As `roomFrom`, for a group. */
function roomForGroup(v: Values, f: Format): string {
  return tell(v, 'plannedShards', () => roomFrom(v, f), `Aumente as máquinas de ${groupNodes(v, f)}`);
}

/** Brazilian Portuguese words of findings, actions and verdicts. */
export const judgementWords: JudgementWords = {
  findings: {
    'system-memory-ratio-high': {
      name: 'ocupação da memória da máquina',
      title: (e, f) =>
        `A memória residente chegou a ${tell(e, 'ratioPeak', f.percent)} da máquina, acima da linha de ${tell(e, 'targetRatio', f.percent)}`,
      body: (e, f) =>
        `Agora está em ${tell(e, 'ratioNow', f.percent, 'uma parcela desconhecida')}${tell(e, 'secondsAboveTarget', (s) => (s > 0 ? ` e ficou acima da linha por ${f.duration(s)} ao todo` : ''))}. Acima da linha, basta um salvamento, uma cópia para réplica ou um processo vizinho para o kernel matar o servidor.`,
    },
    swapping: {
      name: 'uso de swap',
      title: (e, f) =>
        perhaps(
          e,
          `Parte do processo está em swap: ${tell(e, 'usedMemoryRssBytes', f.bytes, 'menos memória')} residentes para ${tell(e, 'usedMemoryBytes', f.bytes, 'mais memória')} usados`,
        ),
      body: (e) =>
        `Cada comando que toca uma página em swap espera pelo disco. Purgar ou desfragmentar tocaria essas páginas e pioraria a situação.${unsure(e)}`,
    },
    'oom-errors': {
      name: 'escritas recusadas',
      title: (e, f) =>
        `${tell(e, 'oomErrors', (n) => plural(n, f.number(n), 'escrita foi recusada', 'escritas foram recusadas'), 'Escritas foram recusadas')} por falta de memória`,
      body: (e, f) =>
        `A memória usada chegou ao maxmemory${tell(e, 'maxmemoryBytes', (n) => ` (${f.bytes(n)})`)}, e a política${e.policy === undefined ? '' : ` ${word(e, 'policy', '')}`} não deixou nada para despejar. As aplicações viram isso como erro.`,
    },
    'noeviction-near-limit': {
      name: 'dados perto do limite sem despejo',
      title: (e, f) =>
        `Os dados chegaram a ${tell(e, 'ratio', f.percent)} do maxmemory, e ${e.policy === 'noeviction' ? 'nada' : 'quase nada'} pode ser despejado`,
      body: (e, f) =>
        `Ao chegar a ${tell(e, 'maxmemoryBytes', f.bytes)}, as escritas são recusadas; o pico foi de ${tell(e, 'peakBytes', f.bytes)}. Aumente o limite se a máquina permitir, ou adote uma política que despeje chaves.${tell(e, 'expiringBytesShare', (s) => ` Agora só podem sair chaves com expiração, e elas têm ${f.percent(s)} dos bytes.`)}`,
    },
    'eviction-pressure': {
      name: 'pressão de despejo',
      title: (e, f) =>
        `${tell(e, 'evictedKeys', (n) => plural(n, f.number(n), 'chave foi despejada', 'chaves foram despejadas'), 'Chaves foram despejadas')}${tell(e, 'shareOfKeysPerDay', (s) => (s >= 0.001 ? `, ${f.percent(s)} de todas as chaves por dia` : ''))}`,
      body: (e, f) =>
        `O cache está no limite e abre espaço descartando chaves${tell(e, 'loweredAt', (at) => `, desde que o maxmemory foi reduzido${Number(e.loweredFromBytes) > 0 ? tell(e, 'loweredFromBytes', (n) => ` de ${f.bytes(n)}`) : ''}${tell(e, 'loweredToBytes', (n) => ` para ${f.bytes(n)}`)} em ${f.date(at)}; antes disso nenhuma foi descartada`)}${tell(e, 'burstKeys', (n) => `; ${f.number(n)} saíram de uma vez${tell(e, 'burstAt', (at) => ` antes de ${f.dateTime(at)}`)}, o que abre espaço para uma coisa grande: uma tabela hash que dobrou, uma carga, um valor grande`)}${tell(e, 'residenceSeconds', (s) => `; uma chave fica por cerca de ${f.duration(s)}`)}${tell(e, 'hitRatio', (r) => `; ${f.percent(r)} das leituras encontraram a sua`)}. ${e.isUnmissed === true ? 'Ou seja, o que é descartado quase não volta a ser pedido, e o cache funciona como deve.' : 'A demanda além do limite não é visível daqui: acompanhe a taxa de acertos depois de aumentar o limite.'}${tell(e, 'exceededShare', (s) => ` Em ${f.percent(s)} do tempo o despejo não deu conta, e a memória ficou acima do limite (total_eviction_exceeded_time).`)}${tell(e, 'aboveLimitBytes', (n) => ` A memória está em ${f.bytes(n)}${tell(e, 'maxmemoryBytes', (limit) => `, acima do limite de ${f.bytes(limit)}`)}: o despejo não dá conta, pois um script, uma transação ou um valor grande entra inteiro depois que começa.`)}`,
    },
    'maxmemory-unset': {
      name: 'maxmemory não definido',
      title: (e, f) => `O maxmemory não está definido${tell(e, 'usedMemoryBytes', (n) => `, e a memória usada chegou a ${f.bytes(n)}`)}`,
      body: (e, f) =>
        `Nada impede os dados de crescer até a própria máquina ficar sem memória${tell(e, 'recommendedBytes', (n) => `; ${f.bytes(n)} comportam o pico projetado`)}. Com um limite, o servidor despeja chaves ou recusa escritas em vez de ser morto.`,
    },
    'maxmemory-too-high': {
      name: 'maxmemory alto demais',
      title: (e, f) =>
        `O maxmemory (${tell(e, 'maxmemoryBytes', f.bytes)}) é maior do que a máquina comporta com segurança (${tell(e, 'safeBytes', f.bytes)})`,
      body: (e, f) =>
        `Com ele cheio até o limite, a memória residente e os forks passariam da parcela segura da máquina antes de o despejo começar.${tell(
          e,
          'withoutHolesBytes',
          (n) => ` Sem os buracos na memória ela comportaria ${f.bytes(n)}: feche-os primeiro.`,
          tell(e, 'peakBytes', (n) => ` O maior pico contabilizado até agora é de ${f.bytes(n)}.`),
        )}`,
    },
    'maxmemory-too-low': {
      name: 'maxmemory baixo demais',
      title: (e, f) =>
        `O maxmemory (${tell(e, 'maxmemoryBytes', f.bytes)}) está abaixo do que o pico ${e.isProjected === false ? 'até agora' : 'projetado'} pede (${tell(e, 'recommendedBytes', f.bytes)})`,
      body: (e, f) =>
        e.isReplicaAbove === true
          ? `Como réplica, ele ignora o limite e já guarda ${tell(e, 'ratio', f.percent)} dele. Depois de um failover ele é o primário: o que estiver acima do limite é despejado de uma vez, ou as escritas são recusadas.`
          : `O maior pico até agora ocupou ${tell(e, 'ratio', f.percent)} dele.${e.refusesWrites === true ? '' : ' Quando ele enche, são despejadas chaves ainda necessárias.'}${e.refusesWrites === false ? '' : ` Quando ele enche, escritas são recusadas${e.refusesWrites === true ? '' : ' se a política não despeja nada'}.`}`,
    },
    'cow-headroom-short': {
      name: 'folga para copy-on-write',
      title: (e, f) =>
        e.isSeen === true
          ? `O salvamento chegou a usar ${tell(e, 'forkedPeakBytes', f.bytes)} de memória ao todo; o limite seguro é de ${tell(e, 'ceilingBytes', f.bytes)}`
          : `O salvamento precisa de ${tell(e, 'forkedBytes', f.bytes)} com o maxmemory recomendado cheio; o limite seguro é de ${tell(e, 'ceilingBytes', f.bytes)}`,
      body: (e, f) =>
        `Enquanto um processo filho salva, as páginas alteradas existem em dobro${tell(e, 'cowRatioMax', (r) => `: até ${f.percent(r)} da memória residente neste histórico`)}. Isso não aparece na memória residente do próprio servidor, mas o kernel contabiliza.`,
    },
    'huge-pages-suspected': {
      name: 'huge pages',
      title: (e, f) =>
        `O salvamento copiou ${tell(e, 'copiedShare', f.percent)} da memória residente, e as escritas explicam ${tell(e, 'smallPagesShare', f.percent)}`,
      body: (e, f) =>
        `No fork de ${tell(e, 'forkedAt', f.dateTime)} foram copiados ${tell(e, 'cowBytes', f.bytes)} de ${tell(e, 'rssBytes', f.bytes)}, e no máximo ${tell(e, 'writtenKeys', f.number)} chaves mudaram nesse tempo. Com transparent huge pages, o Linux até a versão 5.7 copia 2 MiB a cada escrita em vez de 4 KiB: isso explicaria o caso, embora o INFO não mostre. Onde /sys/kernel/mm/transparent_hugepage/enabled indicar [always], grave never nele e reinicie o servidor; a partir do Redis 6.2, o padrão disable-thp yes faz isso.`,
    },
    'save-failing': {
      name: 'falhas de salvamento',
      title: (e) =>
        `${SAVE_WORDS[word(e, 'field', '')]?.the ?? 'O salvamento'} ${e.isLasting === true ? 'está falhando' : 'falhou e voltou a funcionar'}`,
      body: (e, f) =>
        e.isLasting === true
          ? e.hasAppendOnlyFile === true
            ? `${failureWords('Falhou', e, f)}. O AOF ainda guarda os dados, mas por padrão uma falha no salvamento RDB também faz o servidor recusar escritas.`
            : `Um reinício agora perde ${tell(e, 'unsavedChanges', (n) => plural(n, f.number(n), 'alteração', 'alterações'), 'o que foi escrito')} desde o último salvamento bem-sucedido${tell(e, 'lastSaveAt', (at) => `, de ${f.dateTime(at)}`)} (${failureWords('falhou', e, f)}). Por padrão, uma falha no salvamento RDB também faz o servidor recusar escritas.`
          : `${failureWords('Falhou', e, f)} e voltou a funcionar${tell(e, 'workedAgainAt', (at) => ` em ${f.dateTime(at)}`)}. Procure o motivo no log do servidor antes que a falha volte.`,
    },
    'hash-table-step-ahead': {
      name: 'saltos de tabela hash',
      title: (e, f) =>
        e.outcome === 'put-off'
          ? `Uma tabela hash enche em cerca de ${tell(e, 'daysUntil', f.days)}, e abaixo do maxmemory não há espaço para a próxima (${tell(e, 'allocatedBytes', f.bytes)})`
          : `${tell(e, 'tables', (n) => plural(n, f.number(n), 'tabela hash dobra', 'tabelas hash dobram'), 'Uma tabela hash dobra')} em cerca de ${tell(e, 'daysUntil', f.days)}: ${tell(e, 'allocatedBytes', f.bytes)} de uma vez`,
      body: (e, f) =>
        `Com ${tell(e, 'threshold', f.number)} ${e.table === 'expires' ? 'chaves com expiração' : 'chaves'} no banco ${tell(e, 'database', (n) => String(n))}, ${e.outcome === 'put-off' ? 'a tabela deve dobrar' : 'a tabela cresce em uma única escrita, e a antiga permanece até ser esvaziada'}.${String(e.outcome).startsWith('put-off') ? '' : tell(e, 'roomBytes', (n) => ` Abaixo do maxmemory haverá espaço para ${f.bytes(n)}.`)}${tableWithoutRoom(e, f)}`,
    },
    'used-growth': {
      name: 'crescimento em direção a um limite',
      title: (e, f) =>
        `${e.isSpike === true ? 'Um pico isolado' : 'O pico'} pode chegar ${e.limit === 'maxmemory' ? 'ao maxmemory' : `a ${tell(e, 'targetRatio', f.percent)} da máquina`} em ${e.isSpike === true ? tell(e, 'horizonDays', f.days) : tell(e, 'earliestDays', f.days)}`,
      body: (e, f) =>
        e.isSpike === true
          ? `A memória não está crescendo, mas o limite está perto o bastante dos picos vistos para que um mais alto chegue a ele${tell(e, 'probability', (p) => `: uma chance de ${f.percent(p)}`)}. Não dá para apontar um dia.`
          : `Há 10% de chance até ${tell(e, 'earliestAt', f.date)}${tell(e, 'expectedDays', (d) => `; é provável em ${f.days(d)}`, `; não se espera que ocorra em ${tell(e, 'horizonDays', f.days)}`)}.${tell(e, 'growthBytesPerDay', (n) => (n > 0 ? ` O pico cresce ${f.bytes(n)} por dia.` : ''))}`,
    },
    'external-fragmentation': {
      name: 'fragmentação',
      title: (e, f) =>
        perhaps(e, `Há ${tell(e, 'externalBytes', f.bytes, tell(e, 'wasteBytes', f.bytes, 'memória'))} em buracos entre valores vivos`),
      body: (e, f) =>
        `Essas páginas são residentes e pagas, e dados de outros tamanhos não cabem nesses buracos. ${
          Number(e.activedefragBytes) < 0.5 * Number(e.externalBytes)
            ? `A desfragmentação ativa enxerga só ${tell(e, 'activedefragBytes', f.bytes)} delas, pois o resto está entre valores grandes; um reinício ou um failover para uma réplica nova fecha tudo.`
            : 'A desfragmentação ativa junta os valores e esvazia páginas; o MEMORY PURGE não consegue.'
        }${unsure(e)}`,
    },
    'rss-retained-after-peak': {
      name: 'memória retida após um pico',
      title: (e, f) =>
        perhaps(e, `A memória residente ficou ${tell(e, 'wasteBytes', f.bytes, 'bem')} acima da memória usada depois de um pico`),
      body: (e) =>
        `O alocador guarda essas páginas e volta a enchê-las quando os dados retornam: não é vazamento nem, por si só, fragmentação. Se o pico se repete, basta reservar memória para ele.${unsure(e)}`,
    },
    'resident-unused': {
      name: 'páginas liberadas e não devolvidas',
      title: (e, f) => perhaps(e, `O alocador segura ${tell(e, 'purgeBytes', (n) => `${f.bytes(n)} de `)}páginas liberadas`),
      body: (e) =>
        Number(e.lastingUnusedBytes) < Number(e.residentUnusedBytes) / 2
          ? `O pico se repete e volta a enchê-las, portanto o ganho do MEMORY PURGE não dura: reserve memória para o pico.${unsure(e)}`
          : `Elas voltam sozinhas ao sistema depois de alguns segundos onde roda a thread de segundo plano do jemalloc; o MEMORY PURGE as devolve na hora.${unsure(e)}`,
    },
    'process-overhead-high': {
      name: 'memória fora do alocador',
      title: (e, f) =>
        perhaps(
          e,
          `Há ${tell(e, 'rssMinusResidentBytes', f.bytes, tell(e, 'wasteBytes', f.bytes, 'muita memória'))} de memória residente fora do alocador`,
        ),
      body: (e, f) =>
        `${isLuaMost(e) ? `O heap do Lua, de scripts e funções, ocupa ${tell(e, 'luaOutsideBytes', f.bytes)}; descubra o que mantém tabelas nele.` : 'Módulos, scripts e pilhas de threads a ocupam.'} Nem a desfragmentação nem o MEMORY PURGE conseguem devolvê-la.${unsure(e)}`,
    },
    'activedefrag-unsupported': {
      name: 'activedefrag sem suporte',
      title: () => 'Este servidor não pode rodar o activedefrag, que ajudaria aqui',
      body: (e, f) =>
        `${UNSUPPORTED_WORDS[word(e, 'reason', '')] ?? 'Falta ao build o jemalloc com patch de que o activedefrag precisa.'} Enquanto ele não for substituído, o que devolve ${tell(e, 'restartBytes', f.bytes, 'o desperdício')} é um failover para uma réplica nova ou um reinício.`,
    },
    'activedefrag-not-needed': {
      name: 'activedefrag sem necessidade',
      title: (e, f) => `O activedefrag está ligado, com ${tell(e, 'gainBytes', f.bytes, 'quase nada')} a ganhar`,
      body: () =>
        'Ele não precisou trabalhar neste histórico, portanto quase não custa. Pode ser desligado e religado com o servidor em execução.',
    },
    'activedefrag-ineffective': {
      name: 'activedefrag sem efeito',
      title: (e, f) =>
        `O activedefrag moveu só ${tell(e, 'hitShare', (share) => (share < 0.001 ? `menos de ${f.percent(0.001)}` : f.percent(share)), 'uma parte')} do que examinou, e o desperdício continuou`,
      body: (e, f) =>
        `O desperdício do alocador passou de ${tell(e, 'wasteFirstBytes', f.bytes)} para ${tell(e, 'wasteLastBytes', f.bytes)} enquanto ele rodava. Desligue-o: ele toma tempo dos comandos e não devolve memória.`,
    },
    'defrag-crash-version': {
      name: 'defeitos do activedefrag',
      title: (e) =>
        `O activedefrag pode derrubar o Redis ${word(e, 'version', '')}; a correção está em ${word(e, 'fixedIn', 'uma versão posterior')}`,
      body: (e) =>
        e.isEnabled === true
          ? 'Ele está ligado aqui. Desligue-o até o servidor ser atualizado.'
          : 'É ele que ajudaria contra a fragmentação vista aqui, mas atualize antes de ligá-lo.',
    },
    'replica-buffer-risk': {
      name: 'buffers de réplicas',
      title: (e, f) => `Os buffers de réplicas e do AOF ocuparam ${tell(e, 'notCountedBytes', f.bytes)} além do maxmemory`,
      body: (e, f) =>
        `Isso equivalia a ${tell(e, 'shareOfUsed', f.percent, 'boa parte')} da memória usada${tell(e, 'peakAt', (at) => ` em ${f.dateTime(at)}`)}. O maxmemory não limita esses buffers e nenhum despejo os libera: procure uma réplica atrasada.`,
    },
    'backlog-too-small': {
      name: 'backlog de replicação',
      title: (e, f) => `O backlog de replicação cobre ${tell(e, 'coveredSeconds', f.duration)} de escritas no momento mais movimentado`,
      body: (e, f) =>
        `Uma réplica que fica fora por mais tempo refaz a sincronização completa, o que faz este servidor executar um fork${tell(e, 'fullCopies', (n) => (n > 0 ? `; isso ocorreu ${plural(n, f.number(n), 'vez', 'vezes')} aqui` : ''))}.${tell(e, 'wantedBytes', (n) => ` Para cobrir dois minutos seriam precisos ${f.bytes(n)}; eles contam como memória usada.`)}`,
    },
    'client-memory-high': {
      name: 'memória de clientes',
      title: (e, f) =>
        `Os buffers de clientes ocuparam ${tell(e, 'clientBytes', f.bytes)}, ${tell(e, 'shareOfUsed', f.percent)} da memória usada`,
      body: (e, f) =>
        `Eles contam para o maxmemory como os dados${tell(e, 'clients', (n) => `; houve até ${plural(n, f.number(n), 'cliente', 'clientes')}`)}. Procure respostas grandes, leitores lentos e assinantes de pub/sub, e limite-os.`,
    },
    'script-cache-high': {
      name: 'cache de scripts',
      title: (e, f) => {
        const share = e.isHeapInside === false ? '' : `, até ${tell(e, 'shareOfUsed', f.percent)} da memória usada`;
        const took = `${tell(e, 'scriptBytes', f.bytes)}${share}`;
        if (Number(e.cachedScripts) > MANY_SCRIPTS)
          return `Há ${tell(e, 'cachedScripts', f.number)} scripts em cache; com o heap do Lua eles ocuparam ${took}`;
        return Number(e.evictedScripts) > MANY_SCRIPTS
          ? `${tell(e, 'evictedScripts', f.number)} scripts foram despejados do cache de scripts`
          : `Scripts e o heap do Lua ocuparam ${took}`;
      },
      body: (e) => {
        const isEvicted = Number(e.evictedScripts) > MANY_SCRIPTS;
        const heap =
          e.isHeapInside === false ? ' O heap do Lua fica fora da memória usada: o maxmemory não o conta, mas a máquina sim.' : '';
        if (Number(e.cachedScripts) > MANY_SCRIPTS || isEvicted)
          return `Valores foram escritos dentro do texto dos scripts, e cada texto é ${isEvicted ? 'compilado de novo; dos enviados com EVAL esta versão guarda os 500 mais recentes, dos carregados, todos' : 'guardado'}. Passe os valores como KEYS e ARGV, para que um só script sirva a todos.${heap}`;
        return `Um script ou uma biblioteca de funções guarda valores em variáveis do Lua, ou os textos são longos.${heap}`;
      },
    },
    'maxclients-near': {
      name: 'conexões',
      title: (e, f) =>
        typeof e.rejectedConnections === 'number'
          ? plural(e.rejectedConnections, f.number(e.rejectedConnections), 'conexão foi recusada', 'conexões foram recusadas')
          : `As conexões chegaram a ${tell(e, 'ratio', f.percent)} do maxclients`,
      body: (e, f) =>
        `Houve até ${tell(e, 'clients', f.number, 'um número desconhecido de')} clientes${tell(e, 'maxclients', (n) => `, e o limite é ${f.number(n)}`)}. Acima dele, novas conexões são recusadas; procure clientes que não compartilham ou não fecham as suas.`,
    },
    'cpu-single-thread-near': {
      name: 'thread principal',
      title: (e, f) => `A thread principal usou ${tell(e, 'mainThreadCpuBusiestHour', f.percent)} de um núcleo na hora mais movimentada`,
      body: (e, f) =>
        `Os comandos rodam em uma única thread: mais processadores ou mais memória não abrem espaço aqui. Distribua a carga entre shards ou réplicas, ou encontre os comandos que mais custam.${tell(e, 'costliestShare', (s) => ` ${String(e.costliestCommand).toUpperCase().replace('|', ' ')} consome ${f.percent(s)} do tempo de todos os comandos.`)}`,
    },
    'network-near': {
      name: 'rede',
      title: (e, f) => `O tráfego chegou a ${tell(e, 'share', f.percent)} da banda da instância`,
      body: (e, f) =>
        `Foram ${tell(e, 'bytesPerSecond', f.bytes)} por segundo, contra ${tell(e, 'limitBytesPerSecond', f.bytes)} que o tipo de instância ${e.isBaseline === true ? 'sustenta' : 'permite no máximo'}. Acima disso, o provedor descarta ou atrasa pacotes.`,
    },
    'hit-ratio-falling': {
      name: 'queda da taxa de acertos',
      title: (e, f) => `A taxa de acertos caiu de ${tell(e, 'hitRatioBefore', f.percent)} para ${tell(e, 'hitRatioAfter', f.percent)}`,
      body: (e) =>
        tell(e, 'evictedKeys', (n) =>
          n > 0 ? 'Chaves são despejadas antes de serem lidas de novo: mais memória provavelmente recuperaria a taxa.' : '',
        ) || 'Nenhuma chave foi despejada, logo a causa não é memória: veja os tempos de expiração e o que é pedido.',
    },
    oversized: {
      name: 'tamanho da máquina',
      title: (e, f) =>
        `O pico projetado precisa de ${tell(e, 'memoryNeededBytes', f.bytes)}${tell(e, 'systemMemoryBytes', (n) => ` dos ${f.bytes(n)}`)} da máquina`,
      body: (e, f) =>
        e.to === undefined
          ? 'Uma máquina menor o comportaria com todas as reservas.'
          : `${word(e, 'to', '')} o comportaria com todas as reservas${tell(e, 'savedUsdHour', (usd) => (usd > 0 ? ` e custaria ${f.price(usd)} a menos` : ''))}.`,
    },
    'shard-skew': {
      name: 'distribuição entre shards',
      title: (e, f) => `O pico deste shard é ${tell(e, 'skew', (s) => f.number(s, 2))} vezes a média do cluster`,
      body: (e, f) =>
        `${skewCause(e, f)} Todo shard precisa ser contratado no tamanho do maior: mova slots antes de contratar${tell(e, 'evenPeakBytes', (even) => `; com distribuição uniforme cada um teria ${f.bytes(even)}`)}${tell(e, 'moveBytes', (move) => `, e para isso este cede ${f.bytes(move)}`)}.`,
    },
    'lifetime-peak-outside-window': {
      name: 'picos anteriores a este histórico',
      title: (e, f) =>
        `Antes deste histórico a memória usada já chegou a ${tell(e, 'lifetimePeakBytes', f.bytes)}, contra ${tell(e, 'peakBytes', f.bytes)} dentro dele`,
      body: () =>
        'O servidor guarda o maior uso desde que iniciou, mas nem sempre quando foi. Se ele pode se repetir, forneça um histórico mais longo ou use --growth.',
    },
    'engine-end-of-life': {
      name: 'versão do servidor',
      title: (e) => `O Redis ${word(e, 'version', '')} não recebe mais correções dos mantenedores`,
      body: (e) =>
        `A série dele ficou fora das correções de segurança de ${word(e, 'knownOn', 'fim de 2025')}. Planeje uma atualização, a menos que a distribuição que o compilou ainda corrija o próprio pacote.`,
    },
    'machine-memory-doubtful': {
      name: 'memória da máquina',
      title: (e, f) => {
        const total = tell(e, 'systemMemoryBytes', f.bytes);
        const other = tell(e, 'otherBytes', f.bytes);
        switch (e.reason) {
          case 'less-than-resident':
            return `A memória residente chegou a ${tell(e, 'usedMemoryRssBytes', f.bytes)}, mais do que os ${total} que a máquina teria`;
          case 'more-than-told':
            return `Considera-se que a máquina tem ${total}, e ${MACHINE_WORDS[word(e, 'otherSource', '')] ?? 'outra fonte'} informa ${other}`;
          case 'limit-above-host':
            return `O contêiner pode usar ${other}, e o host tem ${total}: vale o host`;
          case 'limit-changed':
            return `A memória do contêiner foi alterada, por último para ${total}`;
          default:
            return 'Nada contradiz a memória da máquina';
        }
      },
      body: (e, f) => {
        switch (e.reason) {
          case 'less-than-resident':
            return `O número ${MACHINE_WORDS_OF[word(e, 'source', '')] ?? 'informado'} não pode estar certo em ${tell(e, 'rssAt', f.dateTime)}: informe a memória da máquina ou do contêiner com --system-memory. Até lá, a ocupação e os limites calculados a partir dele estão errados.`;
          case 'more-than-told':
            return e.otherSource === 'container'
              ? 'Um servidor não pode usar mais do que o contêiner permite: acima do número menor, o kernel o mata. Se o limite vai ser aumentado, este é o plano para isso; senão, informe o número menor com --system-memory.'
              : 'Isso está certo se a máquina cresceu desde que o servidor iniciou, ou vai crescer; senão, informe o número menor com --system-memory.';
          case 'limit-above-host':
            return 'Um limite assim nunca atua: a memória do host acaba antes.';
          case 'limit-changed':
            return `A mudança ocorreu antes de ${tell(e, 'changedAt', f.dateTime)}. A ocupação é calculada com o limite de cada época, e as recomendações, com o mais recente.`;
          default:
            return '';
        }
      },
    },
    'averaged-input': {
      name: 'entrada com médias',
      title: () => 'A entrada traz médias, então os picos reais foram maiores do que os mostrados',
      body: () => 'Todo tamanho recomendado aqui é um limite inferior. Exporte máximos, ou colete o próprio INFO.',
    },
    'data-old': {
      name: 'idade dos dados',
      title: (e, f) => `Os dados terminam ${tell(e, 'ageDays', f.days)} antes da geração deste relatório`,
      body: (e, f) =>
        `Tudo aqui vale para ${tell(e, 'toAt', f.date)}; os dias à frente contam a partir dessa data. Amostras mais novas diriam o que vale hoje.`,
    },
    gaps: {
      name: 'lacunas',
      title: (e, f) =>
        `${tell(e, 'gapCount', (n) => plural(n, f.number(n), 'lacuna', 'lacunas'), 'Lacunas')} nas amostras, ${tell(e, 'gapSeconds', f.duration)} ao todo`,
      body: () => 'Dentro delas só se conhecem os picos que o servidor registrou como novo máximo em used_memory_peak.',
    },
    'short-history': {
      name: 'duração do histórico',
      title: (e, f) => `O histórico cobre ${tell(e, 'historyDays', f.days)}`,
      body: (e, f) =>
        e.isRefused === true
          ? `Uma previsão de ${tell(e, 'horizonDays', f.days)} exige um histórico de pelo menos ${tell(e, 'neededDays', f.days)}. Até lá, os tamanhos se apoiam no pico visto até agora.`
          : `A partir de ${tell(e, 'neededDays', f.days)}, os ritmos semanais aparecem duas vezes e as datas ficam mais firmes.`,
    },
    restarts: {
      name: 'reinícios',
      title: (e, f) =>
        `O servidor foi reiniciado${tell(e, 'restarts', (n) => (n === 1 ? ' uma vez' : ` ${f.number(n)} vezes`))}${tell(e, 'lostFromBytes', (from) => ` e voltou com ${tell(e, 'lostToBytes', f.bytes)} de ${f.bytes(from)}`)}`,
      body: (e, f) => {
        const last = `A última vez foi antes de ${tell(e, 'restartedAt', f.dateTime)}. A memória residente recomeça a cada vez, por isso as tendências são medidas só a partir daí.`;
        const lost = `O que não foi salvo antes de ${tell(e, 'lostAt', f.dateTime, 'isso')}, ou não pôde ser carregado pelo novo processo, se perdeu: o log dele diz qual dos dois. A memória residente recomeça a cada vez, por isso as tendências são medidas só a partir daí.`;
        const often =
          ' Descubra o motivo: o log do servidor mostra uma queda ou um desligamento; se ele foi morto por falta de memória, quem mostra é o log do kernel (dmesg -T | grep -i oom).';
        return `${e.lostAt === undefined ? last : lost}${e.isOften === true ? often : ''}`;
      },
    },
    'failover-unsafe': {
      name: 'failover',
      title: (e) => {
        switch (e.reason) {
          case 'short':
            return `Depois de um failover esta réplica não comportaria a carga de ${word(e, 'primaryId', 'seu primário')}: ${SHORT_IN_WORDS[word(e, 'shortIn', '')] ?? SHORT_IN_WORDS.machine}`;
          case 'smaller':
            return `Esta réplica é menor que seu primário (${SMALLER_IN_WORDS[word(e, 'shortIn', '')] ?? 'máquina'}) e, por enquanto, comporta a carga`;
          case 'one-zone':
            return `Se a zona ${word(e, 'zone', '')} falhar, nada fora dela comporta a carga deste primário`;
          default:
            return 'Este primário não tem réplica: quando ele falha, seus dados se perdem';
        }
      },
      body: (e, f) => {
        switch (e.reason) {
          case 'short':
            return `O primário chegou a ${tell(e, 'residentBytes', f.bytes, 'um valor desconhecido')} residentes${tell(e, 'machineBytes', (n) => ` contra uma máquina de ${f.bytes(n)} aqui`)} e a ${tell(e, 'dataBytes', f.bytes, 'um valor desconhecido')} de dados${tell(e, 'maxmemoryBytes', (n) => (n > 0 ? ` contra um maxmemory de ${f.bytes(n)}` : ''))}. Enquanto é réplica, ela não respeita o próprio limite; quando vira o primário, despeja chaves, recusa escritas ou é encerrada.`;
          case 'smaller':
            return 'Ela tem menos espaço para crescer que o primário cujo lugar tomaria. Dê aos dois a mesma máquina e o mesmo limite.';
          case 'one-zone':
            return 'As réplicas dele estão na mesma zona, ou as de fora são pequenas demais. Ponha em outra zona uma que comporte a carga.';
          default:
            return 'Os outros shards continuam, mas o que este guardava precisa ser carregado de novo. Uma réplica do mesmo tamanho assume em segundos.';
        }
      },
    },
    'definition-change': {
      name: 'mudança de definições',
      title: (e) =>
        `A atualização de ${word(e, 'fromVersion', '')} para ${word(e, 'toVersion', '')} mudou o que os números de fragmentação significam`,
      body: () =>
        'O allocator_frag_ratio conta menos desde o Redis 7.4 e o Valkey 8.0, portanto uma queda nesse dia não é melhora. As tendências são cortadas ali.',
    },
  },

  actions: {
    'resize-up': {
      name: 'uma máquina maior',
      title: (v, f) =>
        v.name === undefined
          ? `Mude para uma máquina com pelo menos ${tell(v, 'memoryNeededBytes', f.bytes, 'mais')} de memória`
          : `Mude para ${tell(v, 'shards', (n) => (n > 1 ? `${f.number(n)} × ` : ''))}${word(v, 'name', '')} (${tell(v, 'memoryBytes', f.bytes)}${tell(v, 'usableBytes', (n) => `, ${f.bytes(n)} utilizáveis`)})`,
      detail: (v, f) =>
        `${tell(v, 'priceUsdHour', (usd) => `${f.price(usd)} sob demanda. `)}${tell(v, 'fillAtHorizon', (r) => `O pico projetado ocupa ${f.percent(r)} do que é utilizável. `)}${v.isAfterDefrag === 'yes' ? 'Gere este relatório de novo quando a desfragmentação tiver agido: talvez a troca seja dispensável.' : ''}`.trim(),
      expect: (a, f) =>
        `used_memory_rss fica abaixo de ${tell(a.values, 'targetBytes', f.bytes, 'sua parcela-alvo')} também no pico diário`,
    },
    'move-to-target': {
      name: 'a migração',
      title: (v, f) =>
        `Migre para ${tell(v, 'shards', (n) => (n > 1 ? `${f.number(n)} × ` : ''))}${word(v, 'name', '')} (${tell(v, 'memoryBytes', f.bytes)}${tell(v, 'usableBytes', (n) => `, ${f.bytes(n)} utilizáveis`)})`,
      detail: (v, f) =>
        `${tell(v, 'priceUsdHour', (usd) => `${f.price(usd)} sob demanda. `)}${tell(v, 'fillAtHorizon', (r) => `O pico planejado ocupa ${f.percent(r)} do que é utilizável. `)}${tell(v, 'maxmemoryBytes', (n) => `O plano pede lá um maxmemory de ${f.bytes(n)}.`)}`.trim(),
      expect: (a, f) =>
        `no servidor novo, used_memory_rss fica abaixo de ${tell(a.values, 'targetBytes', f.bytes, 'sua parcela-alvo')} também no pico diário`,
    },
    'resize-down': {
      name: 'uma máquina menor',
      title: (v, f) =>
        v.name === undefined
          ? `Uma máquina menor bastaria: ${tell(v, 'memoryNeededBytes', f.bytes, 'menos')} de memória são suficientes`
          : `Reduza para ${tell(v, 'shards', (n) => (n > 1 ? `${f.number(n)} × ` : ''))}${word(v, 'name', '')} (${tell(v, 'memoryBytes', f.bytes)})`,
      detail: (v, f) =>
        `${tell(v, 'fillAtHorizon', (r) => `O pico projetado ocupa ${f.percent(r)} do que é utilizável nela.`)}${tell(v, 'savedUsdHour', (usd) => (usd > 0 ? ` Ela custa ${f.price(usd)} a menos.` : ''))}`.trim(),
      expect: (a, f) =>
        `used_memory_rss fica abaixo de ${tell(a.values, 'targetBytes', f.bytes, 'sua parcela-alvo')} também no pico diário`,
    },
    'set-maxmemory': {
      name: 'um maxmemory',
      title: (v, f) => `${v.isAfterResize === 'yes' ? 'Depois, defina' : 'Defina'} o maxmemory em ${tell(v, 'maxmemoryBytes', f.bytes)}`,
      detail: (v) => keepWords(v),
      expect: limitExpectation,
    },
    'raise-maxmemory': {
      name: 'um maxmemory maior',
      title: (v, f) =>
        `${v.isAfterResize === 'yes' ? 'Depois, aumente' : 'Aumente'} o maxmemory${tell(v, 'fromBytes', (n) => ` de ${f.bytes(n)}`)} para ${tell(v, 'maxmemoryBytes', f.bytes)}`,
      detail: (v, f) =>
        `${v.reason === 'evictions' ? `Um passo a experimentar: a taxa de acertos mostra o que ele traz${tell(v, 'safeBytes', (n) => `, e a máquina comporta com segurança até ${f.bytes(n)}`)}. ` : ''}${keepWords(v)}`.trim(),
      expect: limitExpectation,
    },
    'lower-maxmemory': {
      name: 'um maxmemory menor',
      title: (v, f) =>
        `${v.isAfterResize === 'yes' ? 'Depois, reduza' : 'Reduza'} o maxmemory${tell(v, 'fromBytes', (n) => ` de ${f.bytes(n)}`)} para ${tell(v, 'maxmemoryBytes', f.bytes)}`,
      detail: (v, f) =>
        `${v.isAfterResize === 'yes' ? 'A máquina nova também não comporta o limite atual. ' : v.isBeforeResize === 'yes' ? 'A máquina menor não comportaria o limite atual. ' : ''}${tell(v, 'peakBytes', (n) => `O maior pico contabilizado é de ${f.bytes(n)}, portanto isso não despeja nada hoje. `)}${keepWords(v)}`.trim(),
      expect: limitExpectation,
    },
    'enable-activedefrag': {
      name: 'activedefrag',
      title: () => 'Ligue a desfragmentação ativa',
      detail: (v) =>
        `Trabalha com o servidor no ar, ao custo de alguma CPU, e para sozinha quando há pouco a ganhar.${v.isOnce === 'yes' ? ' Depois de uma única remoção em massa ela não tem mais o que fazer: desligue-a quando tiver agido.' : ''}${v.isUnsure === 'yes' ? ' Um build sem o jemalloc próprio, com patch, recusa a linha: aí só um reinício, ou um failover para uma réplica nova, fecha os buracos.' : ''}`,
      expect: (a, f) =>
        a.values.areHolesTold === 'no'
          ? 'active_defrag_running passa de 0 em segundos, e used_memory_rss cai ao longo de minutos ou horas; se continuar em 0, o servidor não vê buracos, e desligá-la de novo não custa nada'
          : `active_defrag_running passa de 0 em segundos, e used_memory_rss cai${gainWords(a, f)} ao longo de minutos ou horas`,
    },
    'tune-activedefrag': {
      name: 'ajuste do activedefrag',
      title: () => 'Ajuste os parâmetros da desfragmentação ativa',
      detail: () => 'Veja na tabela em Fragmentação cada valor e o motivo.',
      expect: () => 'active_defrag_running e o crescimento de active_defrag_hits acompanham os novos valores em segundos',
    },
    'disable-activedefrag': {
      name: 'desligar o activedefrag',
      title: () => 'Desligue a desfragmentação ativa',
      detail: (v) => (v.reason === 'crash' ? 'Ela pode derrubar esta versão.' : 'Ela não devolve nada aqui.'),
      expect: () => 'active_defrag_running chega a 0 em um segundo',
    },
    'leave-activedefrag': {
      name: 'activedefrag',
      title: (v, f) =>
        `Deixe o activedefrag desligado${tell(v, 'gainBytes', (n) => `: ele devolveria no máximo ${f.bytes(Math.max(0, n))}`)}`,
      detail: (v) => LEAVE_WORDS[word(v, 'diagnosis', '')] ?? '',
      expect: () => '',
    },
    'let-defrag-finish': {
      name: 'esperar o activedefrag',
      title: () => 'Deixe a desfragmentação ativa terminar',
      detail: () => 'Ela está trabalhando. Um reinício agora não daria nada que ela não vá dar.',
      expect: (a, f) => `used_memory_rss cai${gainWords(a, f)} até active_defrag_running chegar a 0`,
    },
    'memory-purge': {
      name: 'MEMORY PURGE',
      title: () => 'Devolva as páginas liberadas com MEMORY PURGE',
      detail: () => 'Ele roda na thread principal: use um horário de pouco movimento.',
      expect: (a, f) => `used_memory_rss cai${gainWords(a, f)} na hora`,
    },
    restart: {
      name: 'um reinício',
      title: (v) =>
        v.hasReplicas === 'yes'
          ? 'Faça failover para uma réplica nova e depois reinicie este nó'
          : 'Reinicie o servidor em um horário de pouco movimento',
      detail: (v) =>
        v.hasReplicas === 'yes'
          ? 'A cópia é escrita sem buracos; os clientes se reconectam uma vez.'
          : 'A memória residente recomeça. Sem dados salvos em disco, o cache fica frio depois.',
      expect: (a, f) => `used_memory_rss do novo processo fica menor${gainWords(a, f)} para o mesmo used_memory`,
    },
    'jemalloc-build': {
      name: 'um build com jemalloc',
      title: () => 'Troque o servidor por um build com o jemalloc embutido',
      detail: () => 'Só um build assim roda o activedefrag; os pacotes de algumas distribuições usam o alocador do sistema.',
      expect: () => 'mem_allocator começa com jemalloc-, e CONFIG SET activedefrag yes é aceito',
    },
    'stop-swapping': {
      name: 'menos swap',
      title: () => 'Tire o processo do swap',
      detail: (v, f) =>
        `${tell(v, 'swappedBytes', (n) => `Há cerca de ${f.bytes(n)} em disco. `)}Elimine a causa: um limite de contêiner baixo demais, outros processos, swap agressivo ou pouca memória. Depois reinicie ou faça failover.`,
      expect: () => 'used_memory_rss volta a ficar acima de used_memory',
    },
    'fix-saves': {
      name: 'salvamentos funcionando',
      title: (v) => `Conserte ${SAVE_WORDS[word(v, 'field', '')]?.of ?? 'o salvamento'}, que está falhando`,
      detail: () =>
        'O log do servidor diz o motivo: em geral disco cheio, falta de permissão ou falta de memória para o fork (vm.overcommit_memory deve ser 1).',
      expect: () => 'todo status é ok depois do próximo salvamento',
    },
    'raise-backlog': {
      name: 'um backlog de replicação maior',
      title: (v, f) => `Aumente o backlog de replicação para ${tell(v, 'backlogBytes', f.bytes)}`,
      detail: () => 'A partir daí ele conta como memória usada.',
      expect: (a) => `repl_backlog_size mostra ${tell(a.values, 'backlogBytes', String, 'o novo tamanho')}`,
    },
    'limit-replica-buffers': {
      name: 'buffers de réplicas limitados',
      title: () => 'Encontre a réplica atrasada e limite o buffer dela',
      detail: (v, f) =>
        `Os buffers dela ocuparam até ${tell(v, 'notCountedBytes', f.bytes, 'bastante memória')}. O limite desconecta uma réplica que acumule mais de 64 MiB por um minuto, ou 256 MiB de uma vez. Onde a primeira linha mostrar limites menores, mantenha-os.`,
      expect: () => 'o atraso (lag) fica perto de 0; uma réplica que fica para trás é desconectada e refaz a sincronização completa',
    },
    'limit-client-memory': {
      name: 'memória de clientes limitada',
      title: () => 'Limite a memória dos clientes',
      detail: (v, f) =>
        `Os buffers deles ocuparam até ${tell(v, 'clientBytes', f.bytes, 'bastante memória')}. Clientes acima do limite são desconectados, a começar pelos maiores.`,
      expect: () => 'mem_clients_normal fica abaixo do limite',
    },
    'flush-scripts': {
      name: 'um cache de scripts vazio',
      title: () => 'Esvazie o cache de scripts e use um só script para todos os valores',
      detail: (v, f) =>
        `${tell(v, 'cachedScripts', (n) => `Até ${plural(n, f.number(n), 'script ficou', 'scripts ficaram')} em cache. `)}Clientes que chamam EVALSHA precisam carregar os scripts de novo: confira se fazem isso ao receber NOSCRIPT. Enquanto valores forem escritos dentro do texto, ele enche de novo.`,
      expect: () => 'number_of_cached_scripts continua baixo',
    },
    'set-eviction-policy': {
      name: 'uma política de despejo',
      title: () => 'Se os dados podem ser descartados, deixe o servidor despejar chaves',
      detail: (v) =>
        `A política é ${word(v, 'policy', 'noeviction')}: no limite, as escritas falham. Mantenha-a assim onde toda chave precisa ser guardada.`,
      expect: () => 'evicted_keys cresce onde antes escritas eram recusadas',
    },
    'upgrade-engine': {
      name: 'uma atualização do servidor',
      title: (v) =>
        v.toVersion === undefined
          ? 'Atualize o servidor para uma versão com manutenção'
          : `Atualize o servidor para ${word(v, 'toVersion', '')} ou mais novo`,
      detail: (v) =>
        v.reason === 'crash'
          ? 'Versões anteriores desta série podem travar (crash) durante a desfragmentação.'
          : v.reason === 'aof-rewrite'
            ? 'Ela reescreve o AOF sem segurar em memória as escritas desse tempo, que causaram o pico. Até lá, faça a reescrita quando poucas chaves são escritas.'
            : '',
      expect: () => '',
    },
    'collect-more': {
      name: 'um histórico mais longo',
      title: (v, f) => `Continue coletando${tell(v, 'neededDays', (d) => ` até haver ${f.days(d)} de histórico`)}`,
      detail: () =>
        'A primeira linha guarda uma amostra por minuto em uma pasta que o relatório lê; a segunda é para o cron, onde só há o cliente, e o relatório lê esse arquivo.',
      expect: () => '',
    },
    'fix-input': {
      name: 'uma entrada melhor',
      title: (v) => INPUT_WORDS[word(v, 'reason', '')]?.title ?? 'Informe a memória da máquina',
      detail: (v) =>
        INPUT_WORDS[word(v, 'reason', '')]?.detail ??
        'Com --system-memory ou --instance o relatório pode dizer quanto a máquina está ocupada e o que cabe nela.',
      expect: () => '',
    },
    'fit-replica': {
      name: 'uma réplica tão grande quanto o primário',
      title: (v, f) =>
        v.maxmemoryBytes === undefined
          ? `Dê a esta réplica a máquina do primário${tell(v, 'neededBytes', (n) => `: ${f.bytes(n)}`)}`
          : `Aumente o maxmemory desta réplica para ${tell(v, 'maxmemoryBytes', f.bytes)}, como no primário`,
      detail: (v, f) =>
        v.maxmemoryBytes === undefined
          ? 'Depois defina o mesmo maxmemory nos dois.'
          : `Agora ela tem ${tell(v, 'fromBytes', f.bytes, 'menos')}, e a máquina dela comporta mais.`,
      expect: () => 'os dois servidores informam o mesmo maxmemory e a mesma máquina',
    },
    'add-replica': {
      name: 'uma réplica para assumir',
      title: (v) =>
        v.zone === undefined ? 'Acrescente uma réplica deste primário' : `Ponha uma réplica deste primário fora da zona ${v.zone}`,
      detail: () =>
        'Ela precisa da máquina e do maxmemory do primário. A primeira cópia obriga o primário a fazer um fork; observe a memória enquanto ela roda.',
      expect: () => 'connected_slaves conta a nova réplica, state=online, lag perto de 0',
    },
    'repair-scripts': {
      name: 'scripts corrigidos',
      title: (v, f) => `Descubra o que prende ${tell(v, 'heapBytes', f.bytes, 'muita coisa')} no heap do Lua`,
      detail: () =>
        'O INFO memory separa used_memory_vm_functions de used_memory_vm_eval; FUNCTION LIST WITHCODE mostra as bibliotecas. O que uma biblioteca guarda em uma variável do Lua sai quando a versão corrigida é carregada (FUNCTION LOAD REPLACE) e o Lua recolhe o resto, ou por um tempo com um reinício; SCRIPT FLUSH não libera isso.',
      expect: () => 'os dois param de crescer e caem para algumas centenas de KiB',
    },
    'move-slots': {
      name: 'mover slots',
      title: (v, f) => `Mova ${tell(v, 'moveBytes', f.bytes, 'dados')} de slots para os outros shards antes de contratar qualquer coisa`,
      detail: (v, f) =>
        `Com distribuição uniforme, cada um dos ${tell(v, 'shards', f.number, '')} shards guarda ${tell(v, 'peakBytes', f.bytes, 'o mesmo')} e precisa de uma máquina de ${tell(v, 'memoryNeededBytes', f.bytes, 'seu tamanho')} com um maxmemory de ${tell(v, 'maxmemoryBytes', f.bytes, 'sua parte')}: as máquinas atuais comportam isso. A estimativa é de ${tell(v, 'slots', f.number, 'alguns')} slots se todos tiverem o mesmo tamanho; CLUSTER COUNTKEYSINSLOT mostra quais são grandes. Mova uma parte, observe e continue.`,
      expect: () => 'o used_memory deste shard cai e o dos outros sobe à medida que os slots se movem',
    },
    'add-shards': {
      name: 'mais shards',
      title: (v, f) =>
        `Distribua os dados em ${tell(v, 'shards', f.number, 'mais')} shards de ${v.name === undefined ? tell(v, 'memoryNeededBytes', f.bytes, 'mesmo tamanho') : word(v, 'name', 'mesmo tipo')}`,
      detail: (v, f) =>
        v.reason === 'asked'
          ? `Como planejado com --shards: cada um com um maxmemory de ${tell(v, 'maxmemoryBytes', f.bytes, 'sua parte')}. Isso exige o modo cluster e clientes com suporte a ele.`
          : 'Nenhum nó isolado do serviço é grande o bastante. Isso exige o modo cluster e clientes com suporte a ele.',
      expect: () => 'o used_memory de cada shard desce à sua parte quando os slots terminam de se mover',
    },
    nothing: {
      name: 'nada',
      title: (v) =>
        v.reason === 'evictions'
          ? 'Decida se o cache vale mais memória'
          : v.otherFindings === undefined
            ? 'Nada precisa ser feito agora'
            : 'Nada precisa ser feito quanto à memória agora',
      detail: (v) =>
        v.reason === 'evictions'
          ? 'Não se conhece um limite maior que caiba nesta máquina, e os despejos escondem quanto é pedido; a taxa de acertos diz o que se perde.'
          : v.otherFindings === undefined
            ? ''
            : 'Os achados dizem o que mais merece atenção.',
      expect: () => '',
    },
  },

  verdicts: {
    safe: {
      headline: (v, f) =>
        `A memória ${v.isOld === 'yes' ? 'estava segura' : `está segura${tell(v, 'horizonDays', (d) => ` em um horizonte de ${f.days(d)}`)}`}${v.criticalFindings === undefined ? '' : ', mas outra coisa exige ação: veja os achados'}.`,
      group: (v, f) =>
        `A memória ${v.isOld === 'yes' ? 'estava' : 'está'} segura em ${groupNodes({ nodes: v.nodes ?? 0 }, f)}${v.isOld === 'yes' ? '' : tell(v, 'horizonDays', (d) => `, em um horizonte de ${f.days(d)}`)}${v.criticalFindings === undefined ? '' : ', mas outra coisa exige ação: veja os achados'}.`,
    },
    oversized: {
      headline: (v, f) =>
        `A memória ${v.isOld === 'yes' ? 'estava segura, e a máquina era' : 'está segura, e a máquina é'} maior do que o necessário: ${tell(v, 'memoryNeededBytes', f.bytes, 'menos')} bastariam${tell(v, 'systemMemoryBytes', (n) => ` em vez de ${f.bytes(n)}`)}.`,
      group: (v, f) =>
        `A memória ${v.isOld === 'yes' ? 'estava segura, e as máquinas eram' : 'está segura, e as máquinas são'} maiores do que o necessário: ${tell(v, 'memoryNeededBytes', f.bytes, 'menos')} em cada uma bastariam${tell(v, 'systemMemoryBytes', (n) => ` em vez de ${f.bytes(n)}`)}.`,
    },
    'lua-heap': {
      headline: (v, f) =>
        `Um script ou uma função prende ${tell(v, 'heapBytes', f.bytes, 'muita coisa')} no heap do Lua: corrija-o${tell(v, 'earliestAt', (at) => ` antes de ${f.date(at)}`)}, pois uma máquina maior só encheria mais tarde.`,
    },
    'move-to-target': {
      headline: (v, f) =>
        `Para a migração, use ${tell(v, 'targetShards', (n) => (n > 1 ? `${f.number(n)} × ` : ''))}${word(v, 'targetName', 'o tamanho recomendado')}${tell(v, 'targetFill', (r) => `: o pico planejado ocupa ${f.percent(r)} do que é utilizável lá`)}.`,
    },
    'move-slots': {
      headline: (v, f) =>
        `Redistribua os dados entre os shards: só este obriga a contratar mais, e as máquinas atuais bastariam${tell(v, 'earliestAt', (at) => `; até ${f.date(at)}`)}.`,
      group: (v, f) =>
        `Redistribua os dados entre os shards: só ${word(v, 'hottest', 'um deles')} obriga a contratar mais, e as máquinas atuais bastariam${tell(v, 'earliestAt', (at) => `; até ${f.date(at)}`)}.`,
    },
    'resize-before': {
      headline: (v, f) =>
        `${roomFrom(v, f)}${tell(
          v,
          'earliestAt',
          (at) => ` antes de ${f.date(at)}`,
          tell(v, 'memoryNeededBytes', (n) => `: ${f.bytes(n)} comportam esta carga com segurança`),
        )}${tell(v, 'interimMaxmemoryBytes', (n) => `; até lá, limite o maxmemory a ${f.bytes(n)}`)}.`,
      group: (v, f) =>
        `${roomForGroup(v, f)}${tell(
          v,
          'earliestAt',
          (at) => ` antes de ${f.date(at)}`,
          tell(v, 'memoryNeededBytes', (n) => `: ${f.bytes(n)} comportam esta carga com segurança`),
        )}${tell(v, 'interimMaxmemoryBytes', (n) => `; até lá, limite o maxmemory a ${f.bytes(n)}`)}.`,
    },
    'resize-now': {
      headline: (v, f) =>
        v.ratioPeak === undefined || v.targetRatio === undefined || v.ratioPeak > v.targetRatio
          ? `${roomFrom(v, f)} agora: o pico tomou ${tell(v, 'ratioPeak', (r) => `${f.percent(r)} ${v.plannedShards === undefined ? 'dela' : 'da máquina'}`, 'mais do que é seguro')}${tell(v, 'memoryNeededBytes', (n) => ` e precisa de ${f.bytes(n)}`)}${tell(v, 'interimMaxmemoryBytes', (n) => `; até lá, limite o maxmemory a ${f.bytes(n)}`)}.`
          : `${roomFrom(v, f)} agora: com as páginas que o salvamento copia, a carga precisa de ${tell(v, 'memoryNeededBytes', f.bytes, 'mais')}.`,
      group: (v, f) =>
        `${roomForGroup(v, f)} agora: ${word(v, 'node', 'um deles')} ${v.ratioPeak === undefined || v.targetRatio === undefined || v.ratioPeak > v.targetRatio ? `tomou ${tell(v, 'ratioPeak', (r) => `${f.percent(r)} da sua máquina`, 'mais da sua máquina do que é seguro')} no pico` : 'precisa de mais com as páginas que o salvamento copia'}${tell(v, 'interimMaxmemoryBytes', (n) => `; até lá, limite o maxmemory a ${f.bytes(n)}`)}.`,
    },
    'lower-maxmemory': {
      headline: (v, f) =>
        `Reduza o maxmemory: a máquina comporta com segurança ${tell(v, 'safeMaxmemoryBytes', f.bytes, 'menos')}${tell(v, 'currentMaxmemoryBytes', (n) => (n > 0 ? `, e o limite é de ${f.bytes(n)}` : ''))}.`,
      group: (v, f) =>
        `Reduza o maxmemory em ${groupNodes(v, f)}: ${tell(v, 'safeMaxmemoryBytes', (n) => `a máquina de ${word(v, 'node', 'um deles')} comporta com segurança ${f.bytes(n)}`, 'as máquinas comportam menos com segurança')}${tell(v, 'currentMaxmemoryBytes', (n) => (n > 0 ? `, e o limite é de ${f.bytes(n)}` : ''))}.`,
    },
    'set-maxmemory': {
      headline: (v, f) =>
        `Defina o maxmemory: ${v.isOld === 'yes' ? '' : 'hoje '}nada limita a memória deste servidor${tell(v, 'peakBytes', (n) => `, e ele já usou ${f.bytes(n)}`)}.`,
      group: (v, f) => `Defina o maxmemory em ${groupNodes(v, f)}: ${v.isOld === 'yes' ? '' : 'hoje '}nada limita a memória deles.`,
    },
    'raise-maxmemory': {
      headline: (v, f) =>
        `Aumente o maxmemory${tell(v, 'currentMaxmemoryBytes', (n) => ` de ${f.bytes(n)}`)}${tell(v, 'maxmemoryBytes', (n) => (n > Number(v.currentMaxmemoryBytes ?? 0) ? ` para ${f.bytes(n)}` : ''))}: ${Number(v.peakBytes) < 0.85 * Number(v.currentMaxmemoryBytes) ? 'a previsão passa do' : 'os dados chegam perto do'} limite.`,
      group: (v, f) =>
        `Aumente o maxmemory em ${groupNodes(v, f)}${tell(v, 'currentMaxmemoryBytes', (n) => `, de ${f.bytes(n)}`)}${tell(v, 'maxmemoryBytes', (n) => (n > Number(v.currentMaxmemoryBytes ?? 0) ? ` para ${f.bytes(n)}` : ''))}: ${Number(v.peakBytes) < 0.85 * Number(v.currentMaxmemoryBytes) ? 'a previsão passa do' : 'os dados chegam perto do'} limite.`,
    },
    fragmentation: {
      headline: (v, f) =>
        `A fragmentação toma memória que os dados poderiam usar${tell(v, 'wasteBytes', (n) => (n > 0 ? `: há ${f.bytes(n)} entre a memória usada e a residente` : ''))}.`,
    },
    'replica-buffers': {
      headline: (v, f) =>
        `Uma réplica está atrasada, e o que espera por ela toma memória que o maxmemory não limita${tell(v, 'notCountedBytes', (n) => `: até ${f.bytes(n)}`)}.`,
    },
    'client-buffers': {
      headline: (v, f) =>
        `Os buffers de clientes causaram o pico${tell(v, 'clientBytes', (n) => `: ocuparam até ${f.bytes(n)}`)}. Limite-os antes de contratar qualquer coisa.`,
    },
    evictions: {
      headline: (v, f) =>
        v.clientBytes === undefined
          ? `O cache é pequeno demais para o que se pede dele: ${tell(v, 'evictedKeys', f.number, 'muitas')} chaves foram despejadas.`
          : `Os buffers de clientes tiram chaves do cache: ocuparam até ${tell(v, 'clientBytes', f.bytes)}, e ${tell(v, 'evictedKeys', f.number, 'muitas')} chaves foram despejadas.`,
    },
    refusals: {
      headline: (v, f) =>
        `Escritas ${v.isOld === 'yes' ? 'estavam' : 'estão'} sendo recusadas por falta de memória${tell(v, 'oomErrors', (n) => `: ${f.number(n)} neste período`)}.`,
    },
    swapping: {
      headline: (v, f) =>
        Number(v.ratioPeak) < Number(v.targetRatio)
          ? `O servidor está parcialmente em swap, embora tenha ocupado no máximo ${tell(v, 'ratioPeak', f.percent)} da máquina: descubra a causa.`
          : 'O servidor está parcialmente em swap: dê mais memória à máquina agora.',
    },
    'watch-growth': {
      headline: (v, f) =>
        Number(v.growthBytesPerDay) > 0
          ? `A memória ${v.isOld === 'yes' ? 'estava segura e crescia' : 'está segura hoje e cresce'}${tell(v, 'earliestAt', (at) => `: um limite pode ser atingido já em ${f.date(at)}`, ' em direção aos limites')}.`
          : `A memória ${v.isOld === 'yes' ? 'estava segura e não crescia' : 'está segura hoje e não cresce'}, mas um pico mais alto pode chegar a um limite${tell(v, 'earliestAt', (at) => ` já em ${f.date(at)}`)}.`,
      group: (v, f) =>
        Number(v.growthBytesPerDay) > 0
          ? `A memória ${v.isOld === 'yes' ? 'estava segura' : 'está segura hoje'}, e ${word(v, 'node', 'um nó')} ${v.isOld === 'yes' ? 'crescia' : 'cresce'}${tell(v, 'earliestAt', (at) => `: pode atingir um limite já em ${f.date(at)}`, ' em direção aos limites')}.`
          : `A memória ${v.isOld === 'yes' ? 'estava segura e não crescia' : 'está segura hoje e não cresce'}, mas um pico mais alto de ${word(v, 'node', 'um nó')} pode chegar a um limite${tell(v, 'earliestAt', (at) => ` já em ${f.date(at)}`)}.`,
    },
    'not-enough-data': {
      headline: (v, f) =>
        v.peakBytes === undefined
          ? 'Esta entrada não traz números de memória usada, e sem eles nada pode ser dito.'
          : v.ratioPeak === undefined && !(Number(v.currentMaxmemoryBytes) > 0)
            ? `Este histórico é curto demais para um veredito${tell(v, 'peakBytes', (n) => `; o maior uso visto foi de ${f.bytes(n)}`)}.`
            : v.criticalFindings !== undefined
              ? `Algo exige ação${v.isOld === 'yes' ? '' : ' hoje'}, veja os achados; este histórico é curto demais para olhar à frente.`
              : v.troubles !== undefined
                ? `Algo merece atenção${v.isOld === 'yes' ? '' : ' hoje'}, veja os achados; este histórico é curto demais para olhar à frente.`
                : `Nada ${v.isOld === 'yes' ? 'estava errado' : 'está errado hoje'}, mas este histórico é curto demais para olhar à frente.`,
    },
  },

  efforts: {
    nothing: 'nenhum',
    command: 'um comando',
    failover: 'failover',
    resize: 'troca de máquina',
    restart: 'reinício',
    project: 'um projeto',
  },
};

/** Where memory is not used, yet not in the holes that activedefrag closes. */
const LEAVE_WORDS: Readonly<Record<string, string>> = {
  'resident-unused': 'As páginas sem uso não guardam nenhum valor, e ele só move valores.',
  'process-overhead': 'A memória está fora do alocador, onde ele não alcança.',
  'small-dataset': 'Abaixo de 100 MiB de desperdício ele nem começaria.',
};

/** By how much a gain is seen; nothing where it is not known. */
/** Since when, and how often as far as the server tells. */
function failureWords(failed: string, e: Values, f: Format): string {
  const count = tell(e, 'failures', (least) => {
    const most = tell(e, 'failuresAtMost', (n) => (n > least ? ` a ${f.number(n)}` : ''), ' ou mais');
    return `, ${f.number(least)}${most} ${least === 1 && most === '' ? 'vez' : 'vezes'} neste histórico`;
  });
  return `${failed}${tell(e, 'failedAt', (at) => `${e.isLasting === true ? ' desde' : ' pela última vez em'} ${f.dateTime(at)}`)}${count}`;
}

function gainWords({ givesBytes }: Action, format: Format): string {
  return givesBytes === undefined || givesBytes <= 0 ? '' : ` em até ${format.bytes(givesBytes)}`;
}

function limitExpectation({ values }: Action): string {
  return `maxmemory mostra ${tell(values, 'maxmemoryBytes', String, 'o novo limite')}`;
}

/** Who tells the memory of the machine; and of whom a figure is. */
const MACHINE_WORDS: Readonly<Record<string, string>> = {
  option: '--system-memory',
  instance: 'o catálogo',
  container: 'o limite do contêiner',
  host: 'o exporter do host',
  info: 'o próprio servidor',
};
const MACHINE_WORDS_OF: Readonly<Record<string, string>> = {
  option: 'de --system-memory',
  instance: 'do catálogo',
  container: 'do limite do contêiner',
  host: 'do exporter do host',
  info: 'do próprio servidor',
};

const KEPT_WORDS: Readonly<Record<string, string>> = {
  config:
    'CONFIG REWRITE preserva o valor após um reinício; um servidor iniciado sem arquivo de configuração recusa essa linha, e o limite deve ir para as opções de inicialização.',
  helm: 'A primeira linha vale na hora; a segunda reinicia o pod e substitui o que aquele valor do chart tinha antes.',
};

/** Scripts from this count on were made by writing values into them. */
const MANY_SCRIPTS = 1000;

/** What a version does where the new table does not fit below the limit. */
function tableWithoutRoom(e: Values, f: Format): string {
  const about = (n: number) => f.number(Number(n.toPrecision(3)));
  const keys = tell(e, 'evictedKeys', (n) => ` (cerca de ${plural(n, about(n), 'chave', 'chaves')})`);
  const cost =
    e.evictsNothing === true
      ? 'escritas são recusadas até a tabela antiga ser liberada ou surgir espaço'
      : `${tell(e, 'shortBytes', f.bytes)} de dados${keys} são despejados de uma vez`;
  if (e.outcome === 'taken') return ` Esta versão não olha para o limite: ${cost}.`;
  if (e.outcome === 'put-off-then-taken')
    return ` Esta versão adia o salto enquanto ele passaria do limite, e as buscas ficam mais lentas. Com ${tell(e, 'putOffEntries', f.number)} entradas, em cerca de ${tell(e, 'daysUntilPutOff', f.days)}, ele ocorre assim mesmo (${tell(e, 'putOffAllocatedBytes', f.bytes)} de uma vez), e ${cost}.`;
  if (e.outcome === 'put-off')
    return ` Esta versão adia o salto enquanto ele passaria do limite, que antes disso enche de dados (em cerca de ${tell(e, 'daysUntilLimit', f.days)}, com cerca de ${tell(e, 'entriesAtLimit', about)} entradas): nada é despejado por isso, e as buscas ficam um pouco mais lentas. A primeira escrita depois de aumentar o limite dispara o salto: some ${tell(e, 'allocatedBytes', f.bytes)} ao novo limite.`;
  return '';
}

/** How a setting survives a restart, on servers of one's own. */
function keepWords(values: Values): string {
  const host =
    values.isHost === 'yes'
      ? 'A memória da máquina é a que o servidor enxerga: em um contêiner, informe antes a dele com --system-memory. '
      : '';
  const kept = KEPT_WORDS[word(values, 'isKept', '')] ?? '';
  return `${host}${kept}`.trim();
}
