import type { lessonWords as english } from '../en/lessons.ts';

/** What the report teaches where a history shows it. */
export const lessonWords: typeof english = {
  stays: {
    title: 'Por que o RSS continua alto depois de apagar dados',
    text: (given) =>
      `O alocador só pode devolver uma página quando nada nela está em uso; por isso, apagar dados reduz a memória usada e quase não reduz o RSS: aqui, em ${given} do que foi apagado. Isso não é vazamento e, por si só, não é fragmentação.`,
  },
  reused: {
    title: 'A memória liberada é reaproveitada',
    text: (share) =>
      `Quando os dados voltaram, o RSS cresceu só ${share} do que entrou: eles ocuparam os lugares que as exclusões tinham deixado. Essa memória está pronta para o próximo pico e não pede ação.`,
  },
  notReused: {
    title: 'Como uma nova carga revela a fragmentação',
    text: (share) =>
      `Se os dados novos coubessem nos lugares liberados, o RSS teria ficado onde estava. Ele cresceu ${share} do que entrou, embora houvesse memória liberada: os buracos têm os tamanhos errados.`,
  },
  peak: {
    title: 'Dimensione pelo pico',
    text: (peak, usual) =>
      `A memória usada chegou a ${peak} e esteve metade do tempo em ${usual} ou menos. Uma máquina contratada para o nível habitual acabaria em despejos, escritas recusadas ou em um OOM kill no próximo pico; por isso, o pico decide tudo aqui.`,
  },
  pressure: {
    title: (target) => `O que significa passar de ${target}`,
    text: (first) =>
      `Acima dessa linha a máquina está sob pressão de memória: por crescimento, por fragmentação ou por operações pesadas, como salvamentos e sincronizações completas. Sem ação, isso termina em um OOM kill. Uma máquina maior, um maxmemory menor e a desfragmentação ativa são os degraus para sair disso; o primeiro passo aqui: ${first}.`,
  },
  defrag: {
    title: 'Quando a desfragmentação ativa ajuda',
    text: (holes, share) =>
      `Ela tira valores de páginas esparsas enquanto o servidor trabalha, ao custo de algum tempo de CPU, e assim fecha buracos entre valores vivos. Aqui são ${holes}, ${share} do que está alocado; por padrão, ela começa a partir de 100 MiB e 10%. Onde não há buracos ela nunca é necessária, e não libera memória fora do alocador.`,
  },
  purge: {
    title: 'O que o MEMORY PURGE faz',
    text: (bytes) =>
      `Devolve de imediato ao sistema as páginas totalmente vazias do alocador, aqui até ${bytes}, e bloqueia o servidor enquanto trabalha. Não fecha buracos. O próximo pico toma a memória de novo; serve para uma vez, não para toda noite.`,
  },
  howToRead: {
    title: 'Como ler este relatório',
    pointer: [' “', '” explica o resto a quem está começando com Redis.'],
    items: [
      'A primeira página é a resposta inteira: a frase diz o que fazer, o selo diz a urgência, os números dizem de quanto para quanto. Tudo o que vem depois é a razão disso.',
      'O Redis guarda seus dados na memória. Memória usada é o que os dados e buffers ocupam, RSS é o que o sistema operacional reservou ao processo, maxmemory é o limite que o próprio servidor impõe. A máquina precisa comportar o RSS, e ainda mais durante um salvamento.',
      'Nos gráficos, cada linha tem o nome no fim. Níveis contínuos e tracejados são limites. Um ponto cheio é um pico em uma amostra, um vazado é um pico entre duas amostras, um triângulo é um reinício, um traço pequeno é um salvamento, um degrau é uma tabela hash que dobrou. Onde o fundo é hachurado não há amostras, e nada é desenhado por cima.',
      'Uma previsão é um leque, não uma linha: metade do que pode vir fica abaixo da linha tracejada, um caso em dez acima da faixa interna, um em vinte acima da externa.',
      'Cada número tem uma base: ● medido aqui, ◐ derivado do que foi medido, ○ presumido porque a entrada não informa.',
      'Os achados são críticos, alertas ou notas. O que foi examinado e está em ordem também é listado, e o que não pôde ser avaliado também: o silêncio pareceria segurança.',
    ],
  },
};
