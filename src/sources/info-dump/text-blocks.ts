/**
 * Decodes a byte stream into blocks of Latin-1 text with lines ended by LF or CR LF, so that every byte stays one character and scanning
 * stays cheap; texts that are kept are turned into UTF-8 later. A lone CR becomes LF, byte order marks go, and UTF-16 (what PowerShell's
 * `>` writes) is recognised by its mark. No block ends in CR.
 */
export async function* decodeBlocks(stream: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let held = '';
  for await (const chunk of utf8Chunks(stream)) {
    const text = held + Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString('latin1');
    // A CR at the end waits for the LF that may follow.
    held = text.endsWith('\r') ? '\r' : '';
    const whole = held === '' ? text : text.slice(0, -1);
    if (whole !== '') yield hasLoneCr(whole) ? whole.replace(/\r(?!\n)/g, '\n') : whole;
  }
  if (held !== '') yield '\n';
}

function hasLoneCr(text: string): boolean {
  for (let at = text.indexOf('\r'); at >= 0; at = text.indexOf('\r', at + 1)) {
    if (text.charCodeAt(at + 1) !== 10) return true;
  }
  return false;
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
