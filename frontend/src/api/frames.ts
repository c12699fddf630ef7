// Addresses of pictures, sound and pages. All of them go through an open
// viewing: there is no other address of the bytes.

/** FrameWish is how one frame is wanted. */
export interface FrameWish {
  /** Generation: the backend drops a wish that a newer one has overtaken. */
  generation: number;
  /** Largest width in device pixels; 0 leaves it to the backend. */
  width?: number;
  height?: number;
  /** "move" is JPEG, "rest" is lossless. */
  quality: 'move' | 'rest';
  draft?: string;
  view?: 'original' | 'preview';
  /** Frames from this wish to the next at the present speed; the backend decodes ahead. */
  step?: number;
}

/** frameURL addresses frame n (0-based) of an open viewing. */
export function frameURL(viewing: string, n: number, wish: FrameWish): string {
  const query = new URLSearchParams({ g: String(wish.generation), q: wish.quality });
  if (wish.width) query.set('w', String(Math.round(wish.width)));
  if (wish.height) query.set('h', String(Math.round(wish.height)));
  if (wish.draft) query.set('draft', wish.draft);
  if (wish.view) query.set('view', wish.view);
  if (wish.step) query.set('step', String(wish.step));
  return `/viewings/${encodeURIComponent(viewing)}/frames/${n}?${query}`;
}

/** soundURL addresses sound between two instants, in seconds from the first shown frame. */
export function soundURL(viewing: string, track: number, from: number, to: number): string {
  const query = new URLSearchParams({ track: String(track), from: from.toFixed(6), to: to.toFixed(6) });
  return `/viewings/${encodeURIComponent(viewing)}/sound?${query}`;
}

/** pageURL addresses page n (1-based) as a picture of the given width in device pixels. */
export function pageURL(viewing: string, n: number, width: number): string {
  return `/viewings/${encodeURIComponent(viewing)}/pages/${n}?w=${Math.round(width)}`;
}
