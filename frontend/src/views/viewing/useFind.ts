// Ctrl+F: the places of the open record that hold the words of a question, in
// the order in which they stand there. The question is logged as every search is.
import { computed, ref, shallowRef } from 'vue';
import * as search from '@/api/search';
import type { SearchHit, SearchRequest, SearchResult } from '@/api/types';
import { useAsync } from '@/composables/useAsync';

/** Place is one place inside the record: a page (1-based), a frame (0-based, -1 while unknown) or a time (s, -1 for a page). */
export interface Place {
  page: number;
  frame: number;
  time: number;
  source: string;
  fragments: SearchHit['fragments'];
}

const question = (recordId: string, text: string): SearchRequest => ({
  text,
  level: 'place',
  sort: '',
  stages: [],
  kinds: [],
  sources: ['text', 'speech', 'note'],
  words: [],
  dateFrom: '',
  dateTo: '',
  caseId: '',
  recordId,
  offset: 0,
  limit: 0,
});

/** placesOf puts what was found inside one record in order; what only the title holds is no place. */
export function placesOf(result: SearchResult): Place[] {
  return result.groups
    .flatMap((group) => group.records)
    .flatMap((record) => record.hits)
    .filter(
      (hit) =>
        hit.fragments.some((fragment) => fragment.mark) && (hit.page > 0 || hit.frame >= 0 || hit.time >= 0),
    )
    .map(({ page, frame, time, source, fragments }) => ({ page, frame, time, source, fragments }))
    .sort((a, b) => a.page - b.page || a.time - b.time || a.frame - b.frame);
}

/**
 * useFind asks inside a record and goes through the answer. `inside` steps
 * among the marks of one place and tells whether there was one to step to.
 */
export function useFind(
  recordId: string,
  go: (place: Place) => void,
  inside: (n: number) => boolean = () => false,
) {
  const open = ref(false);
  /** The question that `places` answer, as typed. */
  const asked = ref('');
  const places = shallowRef<Place[]>([]);
  const unparsed = shallowRef<string[]>([]);
  const pending = ref(false);
  /** Which place is on the glass, -1 for none. */
  const at = ref(-1);
  const run = useAsync((text: string) => search.query(question(recordId, text)));
  const place = computed(() => places.value[at.value] ?? null);

  async function ask(text: string): Promise<void> {
    const wish = text.trim();
    if (wish === asked.value) return step(1);
    if (wish === '') return clear();
    const found = await run.run(wish);
    if (!found) return;
    asked.value = wish;
    places.value = placesOf(found);
    unparsed.value = found.unparsed;
    pending.value = found.pending > 0;
    choose(0);
  }

  /** step goes on by n places, round the end. */
  function step(n: number): void {
    if (places.value.length > 0 && !inside(n))
      choose((at.value + n + places.value.length) % places.value.length);
  }

  function choose(n: number): void {
    at.value = places.value[n] ? n : -1;
    if (place.value) go(place.value);
  }

  function clear(): void {
    asked.value = '';
    [places.value, unparsed.value] = [[], []];
    [pending.value, at.value] = [false, -1];
  }

  function close(): void {
    open.value = false;
    clear();
  }

  return { open, asked, places, unparsed, pending, at, place, run, ask, step, choose, close };
}

export type Find = ReturnType<typeof useFind>;
