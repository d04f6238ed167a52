/** Longest line that is kept; what stands beyond is dropped and the line counts as damaged. */
export const LONGEST_LINE = 1024 * 1024;

/** Lines that follow each other in the input. */
export interface LineGroup {
  /** Line number of the first, from 1. */
  readonly firstLine: number;
  readonly lines: readonly string[];
}

/** At most this many characters wait in a group, whatever the number of lines. */
const GROUP_CHARACTERS = 4 * 1024 * 1024;
const ANY_LINE_END = /\r\n|\n|\r/;

/**
 * Cuts UTF-8 bytes into lines (LF, CRLF or a lone CR), in groups of at most `groupLines`.
 * A byte order mark is dropped; a last line without an end counts.
 */
export async function* readLines(bytes: AsyncIterable<Uint8Array>, groupLines: number): AsyncGenerator<LineGroup> {
  let firstLine = 1;
  let group: string[] = [];
  let characters = 0;
  for await (const pieces of linePieces(bytes)) {
    for (const line of pieces) {
      group.push(line);
      characters += line.length;
      if (group.length >= groupLines || characters >= GROUP_CHARACTERS) {
        yield { firstLine, lines: group };
        firstLine += group.length;
        group = [];
        characters = 0;
      }
    }
  }
  if (group.length > 0) yield { firstLine, lines: group };
}

async function* linePieces(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string[]> {
  const decoder = new TextDecoder();
  let open = '';
  for await (const chunk of bytes) {
    const text = open + decoder.decode(chunk, { stream: true });
    // A CR at the very end may be the first half of CRLF: it waits for the next piece.
    const held = text.endsWith('\r') ? 1 : 0;
    const lines = splitLines(text.slice(0, text.length - held));
    open = (lines.pop() ?? '').slice(0, LONGEST_LINE) + text.slice(text.length - held);
    if (lines.length > 0) yield lines;
  }
  const last = splitLines(open + decoder.decode());
  if (last.at(-1) === '') last.pop();
  if (last.length > 0) yield last;
}

/** The lines of a text, without their ends. The last one is what stands behind the last line end: empty when the text ends with one. */
export function splitLines(text: string): string[] {
  const lines = text.includes('\r') ? text.split(ANY_LINE_END) : text.split('\n');
  return lines.map((line) => (line.length > LONGEST_LINE ? line.slice(0, LONGEST_LINE) : line));
}
