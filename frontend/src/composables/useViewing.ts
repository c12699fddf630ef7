// An open viewing and what belongs to it. Leaving the view closes the viewing;
// nothing of it is kept elsewhere.
import { computed, onBeforeUnmount, ref, shallowRef } from 'vue';
import { on } from '@/api/events';
import * as viewings from '@/api/viewings';
import type { Annotation, Coverage, Interval, Viewing } from '@/api/types';
import { sentenceOf, type Sentence } from '@/i18n/faults';
import { grid, heard, noteInMs, noteOnGrid, onGrid } from '@/player/soundOnly';
import { useSession } from '@/stores/session';
import { useTranscript } from './useTranscript';

const nothing: Coverage = { ranges: [], fast: [], shown: 0, total: 0, share: 0 };

/** Calm stops the player and writes down what it showed; what it gives lets it play on. */
export type Calm = () => Promise<() => void>;

/**
 * useViewing loads the viewing of an id. `closing` runs before it is closed, for
 * the player's last words. With `calm` verified frame numbers are taken over in
 * place: `numbering` rises when the player must be made anew with other times.
 */
export function useViewing(id: string, closing: () => Promise<void>, calm?: Calm) {
  const session = useSession();
  const viewing = shallowRef<Viewing | null>(null);
  const times = shallowRef<number[]>([]);
  const keyframes = shallowRef<number[]>([]);
  const annotations = shallowRef<Annotation[]>([]);
  const coverage = shallowRef<Coverage>(nothing);
  const fault = shallowRef<Sentence | null>(null);
  /** How it was closed from outside (idle time, archive closed); "" while open. */
  const closed = ref('');
  let gone = false;

  const footage = computed(() => (viewing.value?.frames ?? 0) > 0);
  /** Sound without a picture: it plays on a grid of time, and there is no frame to name. */
  const soundOnly = computed(() => isSoundOnly(viewing.value));
  /** Whether what is heard of a recording without frames is measured. */
  const measured = computed(() => !soundOnly.value || coverage.value.total > 0);
  const transcript = useTranscript(id, times, soundOnly);
  /** The frame index was verified while this viewing stands open with provisional numbers. */
  const verifiedLater = ref(false);
  const numbering = ref(0);

  const contents = () =>
    [viewings.times(id), viewings.keyframes(id), viewings.annotations(id), transcript.load()] as const;

  async function load(): Promise<boolean> {
    try {
      // All at once: each way over the bridge and back is time before the first picture.
      const [found, ...asked] = await Promise.all([viewings.get(id), ...contents()]);
      // Verified numbers taken over just now: what came beside them may be older.
      const taken = found.record.indexState === 'provisional' && !found.provisional;
      [times.value, keyframes.value, annotations.value] = taken ? await Promise.all(contents()) : asked;
      const silentPicture = isSoundOnly(found);
      if (silentPicture) times.value = grid(found.duration);
      if (gone) return false;
      if (silentPicture) annotations.value = annotations.value.map(noteOnGrid);
      coverage.value = silentPicture ? onGrid(found.coverage) : found.coverage;
      viewing.value = found;
      session.enterViewing(found);
      return true;
    } catch (cause) {
      fault.value = sentenceOf(cause);
      return false;
    }
  }

  async function present(intervals: Interval[]): Promise<void> {
    const found = viewing.value;
    if (closed.value || !found) return;
    if (!soundOnly.value) {
      coverage.value = await viewings.present(id, intervals);
      return;
    }
    const list = heard(intervals, found.duration);
    if (measured.value && list.length > 0) coverage.value = onGrid(await viewings.present(id, list));
  }

  async function annotate(
    note: Pick<Annotation, 'frame' | 'frameTo' | 'page' | 'time' | 'text'>,
  ): Promise<void> {
    const recordId = viewing.value?.record.id ?? '';
    const made = await viewings.annotate(id, {
      ...(soundOnly.value ? noteInMs(note) : note),
      id: '',
      recordId,
      author: '',
      authorId: '',
      createdAt: '',
    });
    annotations.value = [...annotations.value, soundOnly.value ? noteOnGrid(made) : made].sort(
      (a, b) => a.frame - b.frame || a.page - b.page,
    );
  }

  // The desk renumbers when it is asked for the viewing: everything shown under
  // provisional numbers must be written down before, and nothing after.
  async function verified(): Promise<void> {
    if (!calm) {
      verifiedLater.value = true;
      return;
    }
    const resume = await calm();
    const found = await viewings.get(id).catch(() => null);
    if (!found || gone) return;
    if (found.provisional) {
      verifiedLater.value = true;
      resume();
      return;
    }
    const [fresh, keys, notes] = await Promise.all(contents());
    if (gone) return;
    const same = fresh.length === times.value.length && fresh.every((time, n) => time === times.value[n]);
    [times.value, keyframes.value, annotations.value] = [fresh, keys, notes];
    coverage.value = found.coverage;
    viewing.value = found;
    if (same) resume();
    else numbering.value++;
  }

  async function close(): Promise<void> {
    if (gone) return;
    gone = true;
    stop();
    stopJobs();
    await closing().catch(() => undefined);
    if (!closed.value) await viewings.close(id).catch(() => undefined);
    if (session.viewing?.id === id) session.leaveViewing();
  }

  const stop = on('viewing-closed', (event) => {
    if (event.id === id && !gone) closed.value = event.kind || 'normal';
  });
  const stopJobs = on('job', (job) => {
    const now = viewing.value;
    if (job.kind !== 'frame-index' || job.state !== 'done' || job.subject !== now?.record.id) return;
    if (now.provisional) void verified().catch(() => (verifiedLater.value = true));
  });
  onBeforeUnmount(() => void close());

  return {
    viewing,
    times,
    keyframes,
    transcript,
    cues: transcript.cues,
    annotations,
    coverage,
    fault,
    closed,
    footage,
    soundOnly,
    measured,
    verifiedLater,
    numbering,
    load,
    present,
    annotate,
    close,
  };
}

const isSoundOnly = (viewing: Viewing | null) =>
  viewing !== null && viewing.frames === 0 && viewing.sound.length > 0;

export type OpenedViewing = ReturnType<typeof useViewing>;
