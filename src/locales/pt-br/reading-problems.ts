const GIVE_FIGURES = 'Forneça a saída do INFO ou um CSV de métricas.';
const GIVE_INFO = 'Forneça a saída de `redis-cli INFO`.';
const CORRUPT = 'está compactado e danificado. Copie-o de novo.';

/** Why one of several inputs or servers could not be used: what stands behind its name in English, and in Brazilian Portuguese. */
export const READING_PROBLEMS: Readonly<Record<string, string>> = {
  // Files
  'is empty.': 'está vazio.',
  'is neither INFO output nor a table. Expected lines such as "used_memory:1048576", or CSV with one row a sample; --input-kind forces one.':
    'não é saída do INFO nem uma tabela. Esperava-se linhas como "used_memory:1048576", ou CSV com uma linha por amostra; --input-kind força um dos dois.',
  'is no text. Expected INFO output or CSV, plain, or compressed with gzip or zstd.':
    'não é texto. Esperava-se saída do INFO ou CSV, sem compactação ou compactado com gzip ou zstd.',
  'looks like UTF-16 without a byte order mark. Convert it: iconv -f utf-16le -t utf-8.':
    'parece UTF-16 sem marca de ordem de bytes. Converta-o: iconv -f utf-16le -t utf-8.',
  'may not be read. Check its permissions.': 'não pode ser lido. Verifique as permissões.',
  'is a folder.': 'é uma pasta.',
  'cannot be opened: too many files are open.': 'não pode ser aberto: há arquivos abertos demais.',
  'is compressed and breaks off before its end. Copy it again.': 'está compactado e termina antes do fim. Copie-o de novo.',
  'is compressed and damaged. Copy it again.': CORRUPT,
  'is a Redis RDB file: it holds keys, not a history of memory. Give INFO output or a CSV of metrics.': `é um arquivo RDB do Redis: contém chaves, não um histórico de memória. ${GIVE_FIGURES}`,
  'is a zip archive or a spreadsheet. Unpack it, or save the sheet as CSV.':
    'é um arquivo zip ou uma planilha. Descompacte-o, ou salve a planilha como CSV.',
  'is a Parquet file. Export it as CSV.': 'é um arquivo Parquet. Exporte-o como CSV.',
  'is a SQLite database. Export the table as CSV.': 'é um banco SQLite. Exporte a tabela como CSV.',
  'is a PDF. Give the figures behind it as CSV.': 'é um PDF. Forneça os números dele como CSV.',
  'is compressed with xz. Decompress it, or use gzip or zstd.': 'está compactado com xz. Descompacte-o, ou use gzip ou zstd.',
  'is compressed with bzip2. Decompress it, or use gzip or zstd.': 'está compactado com bzip2. Descompacte-o, ou use gzip ou zstd.',
  'is compressed with lz4. Decompress it, or use gzip or zstd.': 'está compactado com lz4. Descompacte-o, ou use gzip ou zstd.',
  'is the reply of MEMORY STATS, one moment without RSS or limits. Give the output of `redis-cli INFO`.': `é a resposta do MEMORY STATS, um único momento, sem RSS nem limites. ${GIVE_INFO}`,
  'is an answer of the Prometheus API in JSON. Write it as CSV: one column timestamp, one column a metric.':
    'é uma resposta da API do Prometheus em JSON. Grave-a como CSV: uma coluna timestamp e uma coluna por métrica.',
  'is JSON, and holds no INFO fields. Expected INFO output, or CSV with one row a sample.':
    'é JSON e não contém campos do INFO. Esperava-se saída do INFO, ou CSV com uma linha por amostra.',
  'is a Redis append-only file: it holds commands, no memory figures. Give INFO output or a CSV of metrics.': `é um arquivo AOF do Redis: contém comandos, não números de memória. ${GIVE_FIGURES}`,
  'is the manifest of an append-only file: it holds no memory figures. Give INFO output or a CSV of metrics.': `é o manifesto de um AOF: não contém números de memória. ${GIVE_FIGURES}`,
  'is a Redis configuration file: it holds settings, no memory figures. Give INFO output or a CSV of metrics.': `é um arquivo de configuração do Redis: contém parâmetros, não números de memória. ${GIVE_FIGURES}`,
  'is a web page. Save the figures behind it as CSV.': 'é uma página da web. Salve os números dela como CSV.',
  'is XML. Save the figures in it as CSV.': 'é XML. Salve os números dele como CSV.',
  'is one scrape of redis_exporter, without a time. Give a range query saved as CSV, or INFO output.':
    'é uma única coleta do redis_exporter, sem horário. Forneça uma consulta de intervalo salva como CSV, ou a saída do INFO.',
  'is a Redis log: it holds no memory figures. Give INFO output or a CSV of metrics.': `é um log do Redis: não contém números de memória. ${GIVE_FIGURES}`,
  'is the reply of CLIENT LIST. Give the output of `redis-cli INFO`.': `é a resposta do CLIENT LIST. ${GIVE_INFO}`,
  'is the output of MONITOR. Give the output of `redis-cli INFO`.': `é a saída do MONITOR. ${GIVE_INFO}`,
  'is the output of `redis-cli --stat`, without times. Give the output of `redis-cli INFO`.': `é a saída de \`redis-cli --stat\`, sem horários. ${GIVE_INFO}`,

  // INFO dumps and tables
  'this is the INFO of Pika, which keeps its data on disk; its used_memory is not what Redis means by it. Expected Redis, Valkey, KeyDB or Dragonfly.':
    'este é o INFO do Pika, que guarda os dados em disco; o used_memory dele não é o que o Redis entende por isso. Esperava-se Redis, Valkey, KeyDB ou Dragonfly.',
  'this is the INFO of Kvrocks, which keeps its data on disk. Expected Redis, Valkey, KeyDB or Dragonfly.':
    'este é o INFO do Kvrocks, que guarda os dados em disco. Esperava-se Redis, Valkey, KeyDB ou Dragonfly.',
  'this is the INFO of a Sentinel, which stores no data and has no memory section. Give the INFO of the servers that it watches.':
    'este é o INFO de um Sentinel, que não guarda dados nem tem seção de memória. Forneça o INFO dos servidores que ele monitora.',
  'INFO was found, but without used_memory. Expected the Memory section; save the output of `redis-cli INFO` or `redis-cli INFO everything`.':
    'há INFO, mas sem used_memory. Esperava-se a seção Memory; salve a saída de `redis-cli INFO` ou `redis-cli INFO everything`.',
  'no dump has a time. Expected a time beside each dump, or uptime_in_seconds in it.':
    'nenhum dump tem horário. Esperava-se um horário junto de cada dump, ou uptime_in_seconds nele.',
  'no INFO was found. Expected lines such as `used_memory:1048576`, as `redis-cli INFO` prints them.':
    'não há INFO. Esperava-se linhas como `used_memory:1048576`, como o `redis-cli INFO` as mostra.',
  'there is a header and no row behind it that fits. Expected one row a sample.':
    'há um cabeçalho e, depois dele, nenhuma linha que sirva. Esperava-se uma linha por amostra.',

  // Servers
  'gave no sample.': 'não deu nenhuma amostra.',
  'refuses the connection. Is the server running, and is this its port?':
    'recusa a conexão. O servidor está em execução, e esta é a porta dele?',
  'cannot be reached. Check the address, the network and its firewalls.': 'está inacessível. Verifique o endereço, a rede e os firewalls.',
  'has a host name that nobody knows. Check its spelling.': 'tem um nome de host que ninguém conhece. Verifique a grafia.',
  'did not answer in time. It may be busy, paused, or behind a firewall that drops packets.':
    'não respondeu a tempo. Pode estar ocupado, pausado ou atrás de um firewall que descarta pacotes.',
  'closed the connection.': 'encerrou a conexão.',
  'does not accept the user or the password. They come from the URL, REDISCLI_AUTH or the config file.':
    'não aceita o usuário ou a senha. Eles vêm da URL, de REDISCLI_AUTH ou do arquivo de configuração.',
  'does not let this user run INFO. `redis-headroom acl` prints the rule that suffices.':
    'não deixa este usuário usar o INFO. `redis-headroom acl` mostra a regra que basta.',
  'has no free connection: maxclients is reached.': 'não tem conexão livre: o maxclients foi atingido.',
  'is loading its data.': 'está carregando os dados.',
  'cannot be spoken to by TLS. Check rediss:// against redis://, the CA, the client certificate and the server name.':
    'não aceita TLS. Verifique rediss:// ou redis://, a CA, o certificado do cliente e o nome do servidor.',
  'does not answer like a Redis server.': 'não responde como um servidor Redis.',
  'answered with an error.': 'respondeu com um erro.',
  'does not answer at this address, which the cluster or Sentinel gave for it. Where it is reached by another one from here, give --address-map.':
    'não responde neste endereço, informado pelo cluster ou pelo Sentinel. Se daqui se chega a ele por outro, informe --address-map.',
};
