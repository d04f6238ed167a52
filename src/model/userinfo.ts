/**
 * A node's name without the user and password that an address may carry: `redis://user:secret@host:6379` → `redis://host:6379`.
 * A name such as `redis@6379` (a systemd unit) or `root@host` stays as it is: nothing in it is a password.
 */
export function withoutUserinfo(name: string): string {
  if (!name.includes('@')) return name;
  return name.replace(/^([a-z][a-z\d+.-]{0,20}:\/\/)\S*@/i, '$1').replace(/^[^\s/@]*:\S*@/, '');
}

/** A user, a password or another part of an address, decoded; a lone `%` in what was pasted means itself. */
export function decodeAddressPart(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
