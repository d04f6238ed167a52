const LF = 10;
const CR = 13;
const SPACE = 32;

/**
 * Decodes a byte stream into blocks of Latin-1 text whose only line end is LF, so that every byte stays one character and scanning
 * stays cheap; texts that are kept are turned into UTF-8 later. CR LF becomes a blank and LF, a lone CR becomes LF, byte order marks
 * go, and UTF-16 (what PowerShell's `>` writes) is recognised by its mark.
 */
export async function* decodeBlocks(stream: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let endsWithCr = false;
  for await (const chunk of utf8Chunks(stream)) {
    // A CR at the end of a chunk waits for the LF that may follow. The copy is changed in place.
    const bytes: Buffer = endsWithCr ? Buffer.concat([Uint8Array.of(CR), chunk]) : Buffer.from(chunk);
    endsWithCr = bytes[bytes.length - 1] === CR;
    const kept = endsWithCr ? bytes.subarray(0, -1) : bytes;
    for (let i = 0; i < kept.length; i += 1) {
      if (kept[i] === CR) kept[i] = kept[i + 1] === LF ? SPACE : LF;
    }
    if (kept.length > 0) yield kept.toString('latin1');
  }
  if (endsWithCr) yield '\n';
}

/** The bytes as UTF-8 without a byte order mark. */
async function* utf8Chunks(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  let start: Uint8Array | undefined = new Uint8Array(0);
  for await (const chunk of stream) {
    let bytes = chunk;
    if (start) {
      bytes = Buffer.concat([start, chunk]);
      start = bytes.length < 3 ? bytes : undefined;
      if (start) continue;
      if (bytes[0] === 0xff && bytes[1] === 0xfe) decoder = new TextDecoder('utf-16le');
      else if (bytes[0] === 0xfe && bytes[1] === 0xff) decoder = new TextDecoder('utf-16be');
      else if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) bytes = bytes.subarray(3);
    }
    if (bytes.length > 0) yield decoder ? Buffer.from(decoder.decode(bytes, { stream: true }), 'utf8') : bytes;
  }
  if (start && start.length > 0) yield start;
}
