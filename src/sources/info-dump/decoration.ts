/** A heading's text without the rules, brackets, quotes and comment signs that people set around it. */
export function stripDecoration(line: string): string {
  return line
    .replace(/^[\s#=*>|<("'`~@_-]+/, '')
    .replace(/^\[(?![0-9A-Fa-f:]+\]:\d)/, '')
    .replace(/[\s#=*<>|)\]"'`~@_:-]+$/, '')
    .trim();
}
