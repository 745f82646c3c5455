/** Where a picture lies in its view: arithmetic only, so that it can be tested without one. */

export interface Size {
  width: number;
  height: number;
}

export interface Place {
  scale: number;
  x: number;
  y: number;
}

const MOST = 32;

/** The whole picture, in the middle; small ones are enlarged, but not to blur. */
export function fitted(picture: Size, view: Size, margin = 16): Place {
  const room = { width: Math.max(1, view.width - 2 * margin), height: Math.max(1, view.height - 2 * margin) };
  const scale = Math.min(room.width / picture.width, room.height / picture.height, 8);
  return { scale, x: (view.width - picture.width * scale) / 2, y: (view.height - picture.height * scale) / 2 };
}

/** The same, `factor` times as large, with what lies at (x, y) of the view staying there. */
export function zoomed(place: Place, factor: number, x: number, y: number, least: number): Place {
  const scale = Math.min(MOST, Math.max(Math.min(least, 1), place.scale * factor));
  const by = scale / place.scale;
  return { scale, x: x - (x - place.x) * by, y: y - (y - place.y) * by };
}

/** The same, moved, but never so far that nothing of the picture is left to see. */
export function moved(place: Place, dx: number, dy: number, picture: Size, view: Size): Place {
  const keep = 48;
  const clamp = (value: number, length: number, room: number) => Math.min(room - keep, Math.max(keep - length, value));
  return {
    scale: place.scale,
    x: clamp(place.x + dx, picture.width * place.scale, view.width),
    y: clamp(place.y + dy, picture.height * place.scale, view.height),
  };
}

/** Which pixel of the picture lies at a spot of the view, or null where there is none. */
export function pixelAt(spot: { x: number; y: number }, place: Place, picture: Size): { x: number; y: number } | null {
  const x = Math.floor((spot.x - place.x) / place.scale);
  const y = Math.floor((spot.y - place.y) / place.scale);
  return x >= 0 && y >= 0 && x < picture.width && y < picture.height ? { x, y } : null;
}
