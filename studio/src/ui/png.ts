/** Pictures as PNG files, written by us: grey or with few colours they are small, exact, and made beside the page's work. */

interface Picture {
  width: number;
  height: number;
  /** What a row holds: how bright each pixel is, the number of its colour in `colours`, or its red, green and blue. */
  kind: "grey" | "numbers" | "rgb";
  colours?: readonly (readonly [number, number, number])[];
  row: (index: number) => Uint8Array;
}

const SIGNATURE = new Uint8Array([137, 80, 78, 71, 13, 10, 26, 10]);
export const MOST_COLOURS = 256;
const KINDS = { grey: 0, rgb: 2, numbers: 3 };
const BREATH_MS = 8; // so long the page may stand still

const TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let sum = index;
  for (let bit = 0; bit < 8; bit += 1) sum = sum & 1 ? 0xedb88320 ^ (sum >>> 1) : sum >>> 1;
  return sum;
});

function checksum(bytes: Uint8Array): number {
  let sum = 0xffffffff;
  for (const byte of bytes) sum = (TABLE[(sum ^ byte) & 255] ?? 0) ^ (sum >>> 8);
  return (sum ^ 0xffffffff) >>> 0;
}

function chunk(name: string, data: Uint8Array): Uint8Array<ArrayBuffer> {
  const made = new Uint8Array(data.length + 12);
  const view = new DataView(made.buffer);
  view.setUint32(0, data.length);
  made.set(new TextEncoder().encode(name), 4);
  made.set(data, 8);
  view.setUint32(data.length + 8, checksum(made.subarray(4, data.length + 8)));
  return made;
}

function head({ width, height, kind }: Picture): Uint8Array {
  const made = new Uint8Array(13);
  const view = new DataView(made.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  made.set([8, KINDS[kind], 0, 0, 0], 8);
  return made;
}

/** The rows, each with a 0 before it (no filter), packed. */
async function packed({ width, height, kind, row }: Picture): Promise<Uint8Array> {
  const stream = new CompressionStream("deflate");
  const writer = stream.writable.getWriter();
  const read = new Response(stream.readable).arrayBuffer();
  const length = width * (kind === "rgb" ? 3 : 1) + 1;
  const rows = Math.max(1, Math.floor(65_536 / length));
  let since = performance.now();
  for (let first = 0; first < height; first += rows) {
    const count = Math.min(rows, height - first);
    const bytes = new Uint8Array(count * length);
    for (let index = 0; index < count; index += 1) bytes.set(row(first + index), index * length + 1);
    await writer.write(bytes);
    if (performance.now() - since < BREATH_MS) continue;
    await new Promise((go) => setTimeout(go));
    since = performance.now();
  }
  await writer.close();
  return new Uint8Array(await read);
}

export async function png(picture: Picture): Promise<Blob> {
  const parts = [SIGNATURE, chunk("IHDR", head(picture))];
  if (picture.colours) parts.push(chunk("PLTE", Uint8Array.from(picture.colours.flat())));
  return new Blob([...parts, chunk("IDAT", await packed(picture)), chunk("IEND", new Uint8Array(0))], { type: "image/png" });
}
