import { ConnectionError } from '../../model/errors.ts';
import type { FailureReason } from '../../model/gap-reason.ts';

/** In words, with what to do. */
const ADVICE: Readonly<Record<FailureReason, string>> = {
  refused: 'refuses the connection. Is the server running, and is this its port?',
  unreachable: 'cannot be reached. Check the address, the network and its firewalls.',
  'name-unknown': 'has a host name that nobody knows. Check its spelling.',
  timeout: 'did not answer in time. It may be busy, paused, or behind a firewall that drops packets.',
  closed: 'closed the connection.',
  'wrong-password': 'does not accept the user or the password. They come from the URL, REDISCLI_AUTH or the config file.',
  'not-allowed': 'does not let this user run INFO. `redis-headroom acl` prints the rule that suffices.',
  'too-many-clients': 'has no free connection: maxclients is reached.',
  loading: 'is loading its data.',
  tls: 'cannot be spoken to by TLS. Check rediss:// against redis://, the CA, the client certificate and the server name.',
  'not-redis': 'does not answer like a Redis server.',
  'server-error': 'answered with an error.',
};

/** A server that could not be asked: the reason, and one line without secrets. */
export class ServerFailure extends ConnectionError {
  readonly reason: FailureReason;
  private readonly detail: string | undefined;

  /**
   * @param detail - what the server or the system said; must hold no secret
   * @param advice - in place of what is usually said of the reason
   */
  constructor(address: string, reason: FailureReason, detail?: string, advice: string = ADVICE[reason]) {
    super(address, `${advice}${detail === undefined ? '' : ` (${detail})`}`);
    this.reason = reason;
    this.detail = detail;
  }

  /** The same of a server that never answered at the address which a cluster or a Sentinel gave for it. */
  ofAnnounced(): ServerFailure {
    return NOT_THERE.has(this.reason) ? new ServerFailure(this.address, this.reason, this.detail, ANNOUNCED_ADVICE) : this;
  }
}

const NOT_THERE: ReadonlySet<FailureReason> = new Set(['refused', 'unreachable', 'name-unknown', 'timeout']);
const ANNOUNCED_ADVICE =
  'does not answer at this address, which the cluster or Sentinel gave for it. Where it is reached by another one from here, give --address-map.';

const BY_CODE: ReadonlyMap<string, FailureReason> = new Map([
  ['ECONNREFUSED', 'refused'],
  ['ENOENT', 'refused'],
  ['EACCES', 'refused'],
  ['ENOTFOUND', 'name-unknown'],
  ['EAI_AGAIN', 'name-unknown'],
  ['ETIMEDOUT', 'timeout'],
  ['EHOSTUNREACH', 'unreachable'],
  ['ENETUNREACH', 'unreachable'],
  ['EHOSTDOWN', 'unreachable'],
  ['ECONNRESET', 'closed'],
  ['EPIPE', 'closed'],
]);

/** The first words of error replies. */
const BY_REPLY: readonly (readonly [RegExp, FailureReason])[] = [
  [/^(?:WRONGPASS|NOAUTH)|invalid password|without any password|invalid username-password/i, 'wrong-password'],
  [/^NOPERM|unknown command|unknown subcommand/i, 'not-allowed'],
  [/max number of clients/i, 'too-many-clients'],
  [/^LOADING/i, 'loading'],
];

/**
 * What an error of the connection or of a command means. The error itself is not kept: errors of a client library can carry the command
 * that failed with its arguments, and with AUTH that is the password.
 */
export function toFailure(address: string, error: unknown): ServerFailure {
  if (error instanceof ServerFailure) return error;
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  const message = error instanceof Error ? error.message : '';
  if (/^ERR_(?:TLS|SSL)|CERT|SELF_SIGNED|UNABLE_TO|EPROTO|HOSTNAME_MISMATCH/.test(code)) return new ServerFailure(address, 'tls', code);
  if (/disconnected before secure TLS/i.test(message)) return new ServerFailure(address, 'tls');
  const byCode = BY_CODE.get(code);
  if (byCode) return new ServerFailure(address, byCode, code);
  const byReply = BY_REPLY.find(([pattern]) => pattern.test(message));
  if (byReply) return new ServerFailure(address, byReply[1]);
  if (/timed out|timeout/i.test(message)) return new ServerFailure(address, 'timeout');
  if (
    /Unknown RESP type|Protocol error|Command queue state error/i.test(message) ||
    (error instanceof Error && error.name === 'ParserError')
  )
    return new ServerFailure(address, 'not-redis');
  if (/Connection is closed|closed/i.test(message)) return new ServerFailure(address, 'closed');
  // Only the code word of an error reply is told: the rest may quote what was sent.
  return new ServerFailure(address, 'server-error', /^[A-Z]{2,20}(?= )/.exec(message)?.[0] ?? code);
}
