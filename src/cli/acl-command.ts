import { ConfigError } from '../model/errors.ts';
import { ALLOWED_COMMANDS, type AllowedCommand, aclRule, type CommandExtra } from '../sources/live/commands.ts';
import { engineOption } from './options.ts';

/** `redis-headroom acl`: the rule for a user that may do just what is needed. @throws ConfigError */
export async function aclCommand(options: Readonly<Record<string, unknown>>): Promise<number> {
  if (options.explainCommands === true) {
    process.stdout.write(explainCommands());
    return 0;
  }
  const given = String(options.engineVersion);
  const engine = engineOption('--engine-version', given);
  const user = String(options.user);
  if (!/^[\w.@-]{1,100}$/.test(user)) throw new ConfigError('--user', user, 'a name of letters, digits, - and _');
  const rule = aclRule(engine, user, options.sentinel === true ? 'sentinels' : 'servers', extrasOf(options));
  if (rule === undefined)
    throw new ConfigError(
      '--engine-version',
      given,
      'Redis 6.0 or later: before, there are no users, and every password may do everything',
    );
  process.stdout.write(`${rule}\n`);
  if (rule.includes('+config|get'))
    process.stderr.write(
      'Mind that CONFIG GET cannot be limited to names: who has the password of this user can read requirepass and masterauth.\n',
    );
  return 0;
}

function extrasOf(options: Readonly<Record<string, unknown>>): ReadonlySet<CommandExtra> {
  return new Set<CommandExtra>([
    ...(options.keyspaceSample === true ? (['keyspace-sample'] as const) : []),
    ...(options.settings === true ? (['settings'] as const) : []),
  ]);
}

/** Every command that is ever sent, with when, why and what it costs. */
export function explainCommands(): string {
  const blocks = (Object.values(ALLOWED_COMMANDS) as AllowedCommand[]).map(
    ({ words, when, why, cost, only }) =>
      `${words.join(' ')}\n${only === undefined ? '' : `  only  with --${only}\n`}  when  ${when}\n  why   ${why}\n  cost  ${cost}\n`,
  );
  return `redis-headroom sends these commands and no others. None of them changes anything.\n\n${blocks.join('\n')}`;
}
