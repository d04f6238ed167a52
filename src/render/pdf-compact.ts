import { deflateSync } from 'node:zlib';

/** Objects of one packed stream: few enough that a reader of one page need not unpack a whole fleet. */
const MOST_PACKED = 1_000;

/**
 * The same PDF with all that is no stream packed into compressed streams of objects, and its table of places as a stream (PDF 1.5).
 * A browser writes each tag as an object in clear text, which makes half of a report. Objects keep their numbers.
 * @returns the PDF as it is where it is not of the plain form that browsers write
 */
export function compactPdf(pdf: Uint8Array): Uint8Array {
  const source = Buffer.from(pdf.buffer, pdf.byteOffset, pdf.byteLength);
  // One byte is one character in latin1, so positions are offsets.
  const text = source.toString('latin1');
  const table = readTable(text);
  if (table === undefined) return pdf;
  const places: Place[] = Array.from({ length: table.size }, () => ({ kind: 0, where: 0, index: 0 }));
  const chunks: Buffer[] = [];
  let length = 0;
  const append = (chunk: Buffer): number => {
    chunks.push(chunk);
    length += chunk.length;
    return length - chunk.length;
  };

  append(Buffer.from(text.slice(0, table.objects[0]?.from).replace(/^%PDF-1\.[0-4]/, '%PDF-1.5'), 'latin1'));
  const loose: PlainObject[] = [];
  for (const { id, from, to } of table.objects) {
    const body = bodyOf(text.slice(from, to));
    if (body === undefined) return pdf;
    if (body.endsWith('endstream')) places[id] = { kind: 1, where: append(source.subarray(from, to)), index: 0 };
    else loose.push({ id, body });
  }
  for (let from = 0; from < loose.length; from += MOST_PACKED) {
    const packed = loose.slice(from, from + MOST_PACKED);
    const packId = places.length;
    for (const [index, { id }] of packed.entries()) places[id] = { kind: 2, where: packId, index };
    places.push({ kind: 1, where: append(packObjects(packId, packed)), index: 0 });
  }
  const tableId = places.length;
  places.push({ kind: 1, where: length, index: 0 });
  const entries = `/Type /XRef /Size ${places.length} /W [1 4 4] ${table.trailer}`;
  const startsAt = append(streamOf(tableId, entries, writePlaces(places)));
  append(Buffer.from(`startxref\n${startsAt}\n%%EOF\n`, 'latin1'));
  return new Uint8Array(Buffer.concat(chunks));
}

interface PlainObject {
  readonly id: number;
  readonly body: string;
}

/** Where an object is: nowhere (0), at an offset of the file (1), or in the stream of that number, at an index (2). */
interface Place {
  readonly kind: 0 | 1 | 2;
  readonly where: number;
  readonly index: number;
}

interface Table {
  /** One more than the highest number of an object. */
  readonly size: number;
  /** Entries of the trailer but its size. */
  readonly trailer: string;
  /** In the order of the file, each up to where the next begins. */
  readonly objects: readonly { readonly id: number; readonly from: number; readonly to: number }[];
}

// One section from number 0, as a file has that was written in one go.
function readTable(text: string): Table | undefined {
  const startsAt = Number(/startxref\s+(\d+)\s+%%EOF\s*$/.exec(text.slice(-100))?.[1] ?? text.length);
  const written = text.slice(startsAt);
  const [, size, trailer] = /^xref\s+0 (\d+)\s[\s\S]*?trailer\s*<<([\s\S]*)>>\s*startxref/.exec(written) ?? [];
  if (size === undefined || trailer === undefined || /\/(Prev|Encrypt)\b/.test(trailer)) return undefined;
  const starts = [...written.matchAll(/(\d{10}) \d{5} ([nf])/g)]
    .flatMap(([, offset, state], id) => (state === 'n' ? [{ id, from: Number(offset) }] : []))
    .sort((a, b) => a.from - b.from);
  return {
    size: Number(size),
    trailer: trailer.replace(/\/Size\s+\d+/, '').trim(),
    objects: starts.map((start, i) => ({ ...start, to: starts[i + 1]?.from ?? startsAt })),
  };
}

function bodyOf(object: string): string | undefined {
  const written = object.trimEnd();
  const head = /^\d+ 0 obj\s+/.exec(written)?.[0];
  return head === undefined || !written.endsWith('endobj') ? undefined : written.slice(head.length, -'endobj'.length).trimEnd();
}

function packObjects(packId: number, objects: readonly PlainObject[]): Buffer {
  let at = 0;
  const index = objects.map(({ id, body }) => {
    const pair = `${id} ${at}`;
    at += body.length + 1;
    return pair;
  });
  const head = `${index.join(' ')}\n`;
  const content = head + objects.map(({ body }) => `${body}\n`).join('');
  return streamOf(packId, `/Type /ObjStm /N ${objects.length} /First ${head.length}`, Buffer.from(content, 'latin1'));
}

function streamOf(id: number, entries: string, content: Buffer): Buffer {
  const data = deflateSync(content, { level: 9 });
  return Buffer.concat([
    Buffer.from(`${id} 0 obj\n<<${entries} /Filter /FlateDecode /Length ${data.length}>> stream\n`, 'latin1'),
    data,
    Buffer.from('\nendstream\nendobj\n', 'latin1'),
  ]);
}

function writePlaces(places: readonly Place[]): Buffer {
  const rows = Buffer.alloc(places.length * 9);
  for (const [i, { kind, where, index }] of places.entries()) {
    rows.writeUInt8(kind, i * 9);
    rows.writeUInt32BE(where, i * 9 + 1);
    rows.writeUInt32BE(index, i * 9 + 5);
  }
  return rows;
}
