/** Painting on pixels: strokes and fills, without antialiasing where colours mean labels. */

export interface Brush {
  colour: [number, number, number, number];
  /** Pixels of the picture, across. */
  size: number;
}

type Spot = [number, number];

/** Put a round brush at each pixel of the line between two spots. */
export function stroke(data: ImageData, from: Spot, to: Spot, brush: Brush): void {
  const length = Math.hypot(to[0] - from[0], to[1] - from[1]);
  const count = Math.max(1, Math.ceil(length / Math.max(1, brush.size / 4)));
  for (let index = 0; index <= count; index += 1) {
    const part = index / count;
    dab(data, from[0] + (to[0] - from[0]) * part, from[1] + (to[1] - from[1]) * part, brush);
  }
}

function dab(data: ImageData, x: number, y: number, { colour, size }: Brush): void {
  const radius = Math.max(0.71, size / 2); // at least the nearest pixel, wherever between its corners the spot lies
  const top = Math.max(0, Math.floor(y - radius));
  const bottom = Math.min(data.height - 1, Math.ceil(y + radius));
  for (let row = top; row <= bottom; row += 1) {
    const reach = Math.sqrt(radius ** 2 - (row + 0.5 - y) ** 2); // NaN, and so nothing, above and below
    const first = Math.max(0, Math.ceil(x - reach - 0.5));
    const last = Math.min(data.width - 1, Math.floor(x + reach - 0.5));
    for (let column = first; column <= last; column += 1) data.data.set(colour, (row * data.width + column) * 4);
  }
}

/** Fill what has the colour of the spot and hangs together with it. */
export function fill(data: ImageData, [x, y]: Spot, colour: Brush["colour"]): void {
  const pixels = new Uint32Array(data.data.buffer);
  const wanted = new Uint32Array(new Uint8Array(colour).buffer)[0] ?? 0;
  const start = Math.floor(y) * data.width + Math.floor(x);
  const old = pixels[start];
  if (old === undefined || old === wanted) return;
  const waiting = [start];
  while (waiting.length) {
    let at = waiting.pop() ?? 0;
    const row = at - (at % data.width);
    while (at > row && pixels[at - 1] === old) at -= 1;
    for (let isAbove = false, isBelow = false; at < row + data.width && pixels[at] === old; at += 1) {
      pixels[at] = wanted;
      const above = at >= data.width && pixels[at - data.width] === old;
      if (above && !isAbove) waiting.push(at - data.width);
      isAbove = above;
      const below = at + data.width < pixels.length && pixels[at + data.width] === old;
      if (below && !isBelow) waiting.push(at + data.width);
      isBelow = below;
    }
  }
}
