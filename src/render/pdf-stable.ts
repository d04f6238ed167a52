/**
 * The same PDF with its dates set to one instant, and its identifiers made from nothing that changes between two runs: the same
 * report gives the same bytes. Everything is replaced by text of the same length, so no offset in the file moves.
 * @param at - epoch milliseconds UTC
 */
export function stabilizePdf(pdf: Uint8Array, at: number): Uint8Array {
  // One byte is one character in latin1, so positions are offsets.
  const text = Buffer.from(pdf.buffer, pdf.byteOffset, pdf.byteLength).toString('latin1');
  const stamp = new Date(at).toISOString().replace(/\D/g, '').slice(0, 14);
  const stable = text
    .replace(/(\/(?:CreationDate|ModDate)\s*\(D:)(\d{14})([^)]*)(\))/g, (_, head: string, __, zone: string, end: string) => {
      return `${head}${stamp}${"+00'00'".slice(0, zone.length).padEnd(zone.length, ' ')}${end}`;
    })
    .replace(
      /(\/ID\s*\[\s*<)([0-9A-Fa-f]+)(>\s*<)([0-9A-Fa-f]+)(>)/g,
      (_, a: string, first: string, b: string, second: string, c: string) => {
        return `${a}${'0'.repeat(first.length)}${b}${'0'.repeat(second.length)}${c}`;
      },
    );
  return new Uint8Array(Buffer.from(numberNodes(stable), 'latin1'));
}

// Tags name each other by the browser's own node numbers, which begin anywhere; counted anew in the same order, sorted trees stay sorted.
function numberNodes(text: string): string {
  const pattern = /\(node(\d{8})\)/g;
  const numbers = [...new Set([...text.matchAll(pattern)].map((match) => match[1] as string))].sort();
  const renamed = new Map(numbers.map((number, i) => [number, String(i + 1).padStart(8, '0')]));
  return text.replace(pattern, (_, number: string) => `(node${renamed.get(number)})`);
}
