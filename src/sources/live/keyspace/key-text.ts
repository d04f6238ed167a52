/** Longest name that is kept; what is cut off is replaced by `…`. */
const LONGEST_NAME = 160;
/** Bytes that are looked at of a longer name. */
const LONGEST_BYTES = 4 * LONGEST_NAME;

/** What must not reach a terminal or a page as it is: controls, marks without width or that turn the reading direction, and unusual spaces. */
const UNSAFE = /[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}|\\/u;

/**
 * The name of a key as text: anyone who may write keys chooses it, so it may be binary, endless, or made to mislead. What is no UTF-8 becomes
 * `\xff`, what is not seen or harmful `\u{202e}`, a backslash `\\`, so that different names stay different up to the bound.
 */
export function keyText(name: Uint8Array): string {
  const bytes = Buffer.from(name.buffer, name.byteOffset, Math.min(name.byteLength, LONGEST_BYTES));
  let text = '';
  for (const sign of readableSigns(bytes)) {
    if (text.length + sign.length > LONGEST_NAME) return `${text}…`;
    text += sign;
  }
  return name.byteLength > LONGEST_BYTES ? `${text}…` : text;
}

function* readableSigns(bytes: Buffer): Generator<string> {
  for (let at = 0; at < bytes.length; ) {
    const size = sizeOfSign(bytes[at] ?? 0);
    const sign = bytes.toString('utf8', at, at + size);
    // Bytes that are no UTF-8 come back as replacement characters, which encode to other bytes.
    if (!Buffer.from(sign).equals(bytes.subarray(at, at + size))) {
      yield `\\x${(bytes[at] ?? 0).toString(16).padStart(2, '0')}`;
      at += 1;
      continue;
    }
    yield UNSAFE.test(sign) ? (sign === '\\' ? '\\\\' : `\\u{${sign.codePointAt(0)?.toString(16)}}`) : sign;
    at += size;
  }
}

/** Bytes of the UTF-8 sign that begins with this byte. */
function sizeOfSign(first: number): number {
  return first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1;
}
