import type { NodeHistory } from '../model/node-history.ts';
import { parseSettings, type ServerSettings } from '../model/server-settings.ts';

/** The server's settings as last seen; empty where it was not asked for them. */
export function knownSettings({ texts }: Pick<NodeHistory, 'texts'>): ServerSettings {
  return parseSettings(texts.settings?.at(-1)?.value);
}

/** A setting that is a whole number; undefined where it is not known. */
export function numberSetting(settings: ServerSettings, name: string): number | undefined {
  const value = settings[name];
  return value !== undefined && /^-?\d{1,15}$/.test(value) ? Number(value) : undefined;
}

/**
 * The limit of one class of clients, out of `normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60`.
 * @returns its three numbers as the server takes them: at once, for a while, seconds
 */
export function outputBufferLimit(settings: ServerSettings, isClass: (word: string) => boolean): string | undefined {
  const words = settings['client-output-buffer-limit']?.split(/\s+/) ?? [];
  for (let i = 0; i + 3 < words.length; i += 4) {
    const limit = words.slice(i + 1, i + 4);
    if (isClass(words[i] ?? '') && limit.every((word) => /^\d{1,15}$/.test(word))) return limit.join(' ');
  }
  return undefined;
}
