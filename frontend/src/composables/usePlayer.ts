// The player engine on a canvas: pictures by HTTP, sound by WebAudio, states as
// read-only refs. Made when the times of the frames are known; disposed of by hand.
import { readonly, shallowReactive } from 'vue';
import { toAppError } from '@/api/errors';
import { soundURL } from '@/api/frames';
import { picture as fetched, refusal } from '@/api/picture';
import type { Interval, Viewing } from '@/api/types';
import { sentenceOf, type Sentence } from '@/i18n/faults';
import { Engine } from '@/player/engine';
import type { Loaded, Quality } from '@/player/frames';
import { Sound, type Chunk } from '@/player/sound';
import { timeOf } from '@/player/timecode';
import type { SoundState } from '@/player/watched';
import * as headStart from './headStart';
import type { Thumb } from './usePreview';
import { useSight } from './useSight';

const CACHE_BYTES = 192 << 20;
/**
 * While playing, the playhead moves this often: with every picture it would have
 * all that lies between picture and lanes painted and copied again.
 */
const PLAYHEAD_MS = 100;

/** Where pictures come from: the original, or a draft as the export would hide it. */
export interface Source {
  view: 'original' | 'preview';
  draft: string;
}

export interface PlayerOptions {
  viewing: Viewing;
  times: number[];
  keyframes?: readonly number[];
  /** Writes what was shown; resolves when it is durable. */
  present: (intervals: Interval[]) => Promise<void>;
  /** Paints over each picture, in its own pixels: the watermark. */
  over?: (context: CanvasRenderingContext2D, width: number, height: number) => void;
  /** Small picture for an instant, while a hand scrubs. */
  thumb?: (seconds: number) => Thumb | null;
  /** Forward play has come to the end. */
  ended?: () => void;
}

/** No picture where a recording has sound alone. */
type Picture = ImageBitmap | null;

export type Player = ReturnType<typeof usePlayer>;

/** usePlayer makes a player; `attach` gives it its canvas. */
export function usePlayer({ viewing, times, keyframes, present, over, thumb, ended }: PlayerOptions) {
  const state = shallowReactive({
    /** Frame on the glass, -1 before the first. */
    shown: -1,
    /** Where the playhead stands: the frame on the glass, in play a moment behind. */
    placed: -1,
    commanded: 0,
    speed: 0,
    rate: 1,
    muted: false,
    sounding: 'none' as SoundState,
    quality: 'move' as Quality,
    /** A frame that was asked for and cannot be had. */
    lost: null as { frame: number; fault: Sentence } | null,
    /** What was shown could not be written down. */
    unwritten: null as Sentence | null,
    hasSound: viewing.sound.length > 0,
    /** Sound track that is heard, counted from 0. */
    track: 0,
    /** Frame whose thumbnail lies on the glass, -1 when an exact picture does. */
    sketched: -1,
    looping: false,
    /** Frames that this play has left out. */
    skipped: 0,
  });
  let canvas: HTMLCanvasElement | null = null;
  let source: Source = { view: 'original', draft: '' };
  let last: Loaded<Picture> | null = null;
  let device: AudioContext | null = null;
  let placedAt = 0;

  async function load(
    n: number,
    quality: Quality,
    generation: number,
    step: number,
  ): Promise<Loaded<Picture>> {
    // Without frames there is nothing to fetch: the place in time is all there is.
    if (viewing.frames === 0) return { n, picture: null, bytes: 1024, quality };
    const stage = canvas?.parentElement?.getBoundingClientRect();
    const scale = window.devicePixelRatio || 1;
    const size =
      quality === 'move' && stage ? { width: stage.width * scale, height: stage.height * scale } : null;
    if (size) headStart.measured(size);
    const early = size && source.view === 'original' && !source.draft;
    const picture =
      (early && (await headStart.taken(viewing.id, n, size, viewing.provisional))) ||
      (
        await fetched(viewing.id, n, {
          generation,
          quality,
          step,
          ...size,
          ...(source.draft ? source : { view: source.view }),
        })
      ).picture;
    return { n, picture, bytes: picture.width * picture.height * 4, quality };
  }

  function draw(loaded: Loaded<Picture>) {
    last = loaded;
    const context = canvas?.getContext('2d', { alpha: false });
    if (!canvas || !context || !loaded.picture) return;
    const { width, height } = loaded.picture;
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
    context.drawImage(loaded.picture, 0, 0);
    over?.(context, width, height);
    canvas.dataset['frame'] = String(loaded.n);
    canvas.dataset['quality'] = loaded.quality;
  }

  let sketchedTile = -1;
  // A thumbnail over the whole glass: it names no frame and carries the watermark too.
  function sketch(n: number): boolean {
    const small = thumb?.(timeOf(times, n));
    const context = canvas?.getContext('2d', { alpha: false });
    if (!small || !canvas || !context || source.draft || canvas.width < 2) return false;
    const { width, height } = canvas;
    context.imageSmoothingQuality = 'low';
    context.drawImage(small.sheet, small.x, small.y, small.width, small.height, 0, 0, width, height);
    over?.(context, width, height);
    if (small.tile !== sketchedTile)
      canvas.dataset['sketches'] = String(Number(canvas.dataset['sketches'] ?? 0) + 1);
    sketchedTile = small.tile;
    delete canvas.dataset['frame'];
    canvas.dataset['quality'] = 'thumbnail';
    return true;
  }

  const engine: Engine<Picture> = new Engine<Picture>(
    {
      now: () => performance.now(),
      repaint: (act) => {
        const id = requestAnimationFrame(act);
        return () => cancelAnimationFrame(id);
      },
      after: (ms, act) => {
        const id = setTimeout(act, ms);
        return () => clearTimeout(id);
      },
      load,
      release: (picture) => picture?.close(),
      draw,
      failed: (frame, cause) => {
        if (toAppError(cause).code !== 'superseded') state.lost = { frame, fault: sentenceOf(cause) };
      },
      present: async (intervals) => {
        await present(intervals);
        state.unwritten = null;
      },
      changed: take,
      unwritten: (cause) => (state.unwritten = sentenceOf(cause)),
      sketch,
      ended: () => ended?.(),
    },
    {
      times,
      ...(keyframes && { keyframes }),
      cacheBytes: CACHE_BYTES,
      generation: Date.now(),
      sound:
        viewing.sound.length > 0
          ? sound(
              viewing,
              () => state.track,
              (context) => (device = context),
            )
          : null,
    },
  );

  function take() {
    state.shown = engine.shown;
    if (engine.speed === 0 || performance.now() - placedAt >= PLAYHEAD_MS) {
      state.placed = engine.shown;
      placedAt = performance.now();
    }
    state.commanded = engine.commanded;
    state.speed = engine.speed;
    state.rate = engine.rate;
    state.muted = engine.muted;
    state.sounding = engine.sounding;
    state.quality = engine.shownAt;
    state.sketched = engine.sketched;
    state.looping = engine.loop !== null;
    const { passed, drawn } = engine.tally;
    state.skipped = Math.max(0, passed - drawn);
    if (state.lost && engine.commanded !== state.lost.frame) state.lost = null;
  }

  const sight = useSight((seen) => {
    engine.visible(seen);
    // What a locked seat was refused is asked for again once it is open.
    if (seen && state.lost) {
      state.lost = null;
      engine.refresh();
    }
  });

  return {
    state: readonly(state),
    times,
    engine,
    attach(element: HTMLCanvasElement | null) {
      canvas = element;
      if (canvas && last) draw(last);
    },
    /** source changes where pictures come from and shows the frame anew. */
    source(next: Source) {
      source = next;
      engine.refresh();
    },
    /** listen changes the sound track. */
    listen(track: number) {
      state.track = track;
      if (engine.speed !== 0) engine.play(engine.speed);
    },
    /** close writes what is left and lets go of everything. */
    async close() {
      sight.stop();
      last = null;
      await engine.close();
      void device?.close().catch(() => undefined);
      device = null;
    },
  };
}

function sound(viewing: Viewing, track: () => number, opened: (context: AudioContext) => void): Sound {
  const load = async (from: number, to: number): Promise<Chunk> => {
    const answer = await fetch(soundURL(viewing.id, track(), from, to), { cache: 'no-store' });
    if (!answer.ok) throw await refusal(answer);
    const number = (name: string, other: number) => Number(answer.headers.get(name) ?? other);
    const bytes = await answer.arrayBuffer();
    return {
      rate: number('X-Rate', 48000),
      channels: number('X-Channels', 1),
      from: number('X-From', from),
      data: new Int16Array(bytes, 0, bytes.byteLength >> 1),
    };
  };
  return new Sound(load, () => {
    if (!('AudioContext' in window)) return null;
    const context = new AudioContext();
    opened(context);
    return context;
  });
}
