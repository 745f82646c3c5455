/** The pixels of a picture as it is in its file, not as it is drawn on the screen. */

export type Rgba = readonly [red: number, green: number, blue: number, alpha: number];

/** Reads single pixels of one picture. It is decoded once, beside the page's work, and only when somebody asks. */
export class Pixels {
  private bitmap: ImageBitmap | null = null;
  private readonly context = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d", { willReadFrequently: true });
  private isGone = false;

  constructor(src: string, onReady: () => void) {
    void decoded(src).then(
      (bitmap) => {
        this.bitmap = bitmap;
        if (this.isGone) this.close();
        else onReady();
      },
      () => undefined, // a picture that is not shown says so itself
    );
  }

  /** The pixel at a place that is counted in fractions of the sides; null while it is being decoded. */
  at(x: number, y: number): Rgba | null {
    if (!this.bitmap || !this.context) return null;
    this.context.clearRect(0, 0, 1, 1);
    this.context.drawImage(this.bitmap, Math.floor(x * this.bitmap.width), Math.floor(y * this.bitmap.height), 1, 1, 0, 0, 1, 1);
    const [red = 0, green = 0, blue = 0, alpha = 0] = this.context.getImageData(0, 0, 1, 1).data;
    return [red, green, blue, alpha];
  }

  close(): void {
    this.isGone = true;
    this.bitmap?.close();
    this.bitmap = null;
  }
}

/** A file is decoded in a thread of the browser's; what the page itself has, it may not fetch. */
async function decoded(src: string): Promise<ImageBitmap> {
  if (!/^(data|blob):/.test(src)) return createImageBitmap(await (await fetch(src)).blob());
  const image = new Image();
  image.src = src;
  await image.decode();
  return createImageBitmap(image);
}
