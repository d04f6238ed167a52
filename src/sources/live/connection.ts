import type { Redis, RedisOptions } from 'ioredis';
import type { Access, Endpoint, TlsSettings } from './address.ts';
import { ALLOWED_COMMANDS, type CommandId } from './commands.ts';
import { ServerFailure, toFailure } from './failure.ts';

const CLIENT_NAME = 'redis-headroom';

/**
 * One connection to one server, for as long as it holds: the first error or timeout ends it, and the caller opens another one when it
 * is time to. So no command is ever sent twice, and none waits in a queue.
 */
export class ServerConnection {
  /** Resolves when it is gone, however that came. */
  readonly ended: Promise<void>;
  private readonly redis: Redis;
  private readonly address: string;
  private broken: ServerFailure | undefined;

  private constructor(redis: Redis, address: string) {
    this.redis = redis;
    this.address = address;
    redis.on('error', (error) => {
      this.broken ??= toFailure(address, error);
    });
    this.ended = new Promise((resolve) => {
      redis.on('end', () => {
        this.broken ??= new ServerFailure(address, 'closed');
        resolve();
      });
    });
  }

  /**
   * Connects and authenticates.
   * @param address - the server's name in messages
   * @throws ServerFailure
   */
  static async open(endpoint: Endpoint, access: Access, address: string, timeoutMs: number): Promise<ServerConnection> {
    const { Redis } = await import('ioredis');
    const connection = new ServerConnection(new Redis(redisOptions(endpoint, access.tls, timeoutMs)), address);
    try {
      await connection.connect();
      const { username, password } = access;
      if (password !== undefined) await connection.send('auth', username === undefined ? [password] : [username, password]);
      await connection.send('setName', [CLIENT_NAME]).catch((failure: unknown) => {
        // Managed services may know no CLIENT, and the user may not be allowed to: the name is only a courtesy.
        if (connection.broken || !(failure instanceof ServerFailure)) throw failure;
        if (failure.reason !== 'not-allowed' && failure.reason !== 'server-error') throw failure;
      });
      return connection;
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  /** Whether commands can still be sent. */
  get usable(): boolean {
    return this.broken === undefined;
  }

  /**
   * Sends one command of the allow-list.
   * @returns the reply, with strings as bytes
   * @throws ServerFailure; after a timeout or a lost connection this connection is of no more use
   */
  async send(id: CommandId, args: readonly (string | Buffer)[] = []): Promise<unknown> {
    if (this.broken) throw this.broken;
    const [name, ...words] = ALLOWED_COMMANDS[id].words;
    try {
      return await this.redis.callBuffer(name, ...words, ...args);
    } catch (error) {
      const failure = this.broken ?? toFailure(this.address, error);
      // A late reply must not be taken for the answer to the next command.
      if (failure.reason === 'timeout') {
        this.broken = failure;
        this.close();
      }
      throw failure;
    }
  }

  close(): void {
    this.broken ??= new ServerFailure(this.address, 'closed');
    this.redis.disconnect();
  }

  private async connect(): Promise<void> {
    try {
      await this.redis.connect();
    } catch (error) {
      throw this.broken !== undefined && this.broken.reason !== 'closed' ? this.broken : toFailure(this.address, error);
    }
  }
}

/** RESP2 and no ready check, no client information, no select: ioredis then sends nothing of its own. */
function redisOptions(endpoint: Endpoint, tls: TlsSettings | undefined, timeoutMs: number): RedisOptions {
  return {
    ...endpoint,
    ...(tls === undefined ? {} : { tls: tlsOptions(endpoint, tls) }),
    protocol: 2,
    enableReadyCheck: false,
    disableClientInfo: true,
    lazyConnect: true,
    enableOfflineQueue: false,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
    connectTimeout: timeoutMs,
    commandTimeout: timeoutMs,
    disconnectTimeout: 500,
  };
}

function tlsOptions(endpoint: Endpoint, { ca, cert, key, serverName }: TlsSettings) {
  const host = 'host' in endpoint ? endpoint.host : undefined;
  // An IP address is no server name (RFC 6066); Node then checks the certificate against the address.
  const servername = serverName ?? (host !== undefined && !/^[\d.]+$|:/.test(host) ? host : undefined);
  return { ...(ca === undefined ? {} : { ca }), cert, key, ...(servername === undefined ? {} : { servername }) };
}
