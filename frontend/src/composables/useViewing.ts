// An open viewing and what belongs to it. Leaving the view closes the viewing;
// nothing of it is kept elsewhere.
import { computed, onBeforeUnmount, ref, shallowRef } from 'vue';
import { on } from '@/api/events';
import * as viewings from '@/api/viewings';
import type { Annotation, Coverage, Cue, Interval, Viewing } from '@/api/types';
import { sentenceOf, type Sentence } from '@/i18n/faults';
import { useSession } from '@/stores/session';

const nothing: Coverage = { ranges: [], fast: [], shown: 0, total: 0, share: 0 };

/** useViewing loads the viewing of an id. `closing` runs before it is closed, for the player's last words. */
export function useViewing(id: string, closing: () => Promise<void>) {
  const session = useSession();
  const viewing = shallowRef<Viewing | null>(null);
  const times = shallowRef<number[]>([]);
  const keyframes = shallowRef<number[]>([]);
  const cues = shallowRef<Cue[]>([]);
  const annotations = shallowRef<Annotation[]>([]);
  const coverage = shallowRef<Coverage>(nothing);
  const fault = shallowRef<Sentence | null>(null);
  /** How it was closed from outside (idle time, archive closed); "" while open. */
  const closed = ref('');
  let gone = false;

  const footage = computed(() => (viewing.value?.frames ?? 0) > 0);

  async function load(): Promise<boolean> {
    try {
      const found = await viewings.get(id);
      const av = found.frames > 0;
      [times.value, keyframes.value, cues.value, annotations.value] = await Promise.all([
        av ? viewings.times(id) : [],
        av ? viewings.keyframes(id) : [],
        found.record.kind === 'av' ? viewings.cues(id) : [],
        viewings.annotations(id),
      ]);
      if (gone) return false;
      coverage.value = found.coverage;
      viewing.value = found;
      session.enterViewing(found);
      return true;
    } catch (cause) {
      fault.value = sentenceOf(cause);
      return false;
    }
  }

  async function present(intervals: Interval[]): Promise<void> {
    if (closed.value) return;
    coverage.value = await viewings.present(id, intervals);
  }

  async function annotate(
    note: Pick<Annotation, 'frame' | 'frameTo' | 'page' | 'time' | 'text'>,
  ): Promise<void> {
    const recordId = viewing.value?.record.id ?? '';
    const made = await viewings.annotate(id, {
      ...note,
      id: '',
      recordId,
      author: '',
      authorId: '',
      createdAt: '',
    });
    annotations.value = [...annotations.value, made].sort((a, b) => a.frame - b.frame || a.page - b.page);
  }

  async function close(): Promise<void> {
    if (gone) return;
    gone = true;
    stop();
    await closing().catch(() => undefined);
    if (!closed.value) await viewings.close(id).catch(() => undefined);
    if (session.viewing?.id === id) session.leaveViewing();
  }

  const stop = on('viewing-closed', (event) => {
    if (event.id === id && !gone) closed.value = event.kind || 'normal';
  });
  onBeforeUnmount(() => void close());

  return {
    viewing,
    times,
    keyframes,
    cues,
    annotations,
    coverage,
    fault,
    closed,
    footage,
    load,
    present,
    annotate,
    close,
  };
}

export type OpenedViewing = ReturnType<typeof useViewing>;
