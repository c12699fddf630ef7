// One query and its pages. Every query is written to the log, so nothing is
// asked while a person still types: only Enter and a changed filter ask.
import { computed, reactive, ref } from 'vue';
import * as search from '@/api/search';
import type {
  SavedSearch,
  SearchCase,
  SearchHit,
  SearchRecord,
  SearchRequest,
  SearchResult,
} from '@/api/types';
import { useAsync } from '@/composables/useAsync';

export const sources = ['text', 'speech', 'note', 'title'] as const;
export type Source = (typeof sources)[number];

/** What is missing of a record's words, in the order shown; "searched" is nothing. */
export const missingWords = [
  'needs_ocr',
  'no_transcript',
  'encrypted',
  'unsupported',
  'failed',
  'timeout',
  'stored',
] as const;

/** Place is one hit with what it belongs to. */
export interface Place {
  key: string;
  group: SearchCase;
  record: SearchRecord;
  hit: SearchHit;
}

export const levels = ['place', 'record', 'case'] as const;
export type Level = (typeof levels)[number];
export const sorts = ['best', 'newest', 'oldest'] as const;
export type Sort = (typeof sorts)[number];

const pageSize = 20;

/** plainRequest asks for everything, nowhere in particular. */
export const plainRequest = (): SearchRequest => ({
  text: '',
  level: 'place',
  sort: '',
  stages: [],
  kinds: [],
  sources: [],
  words: [],
  dateFrom: '',
  dateTo: '',
  caseId: '',
  recordId: '',
  offset: 0,
  limit: 0,
});

export function useSearch() {
  const text = ref('');
  const filter = reactive({
    stages: [] as string[],
    kinds: [] as string[],
    dateFrom: '',
    dateTo: '',
    caseId: '',
    sources: [...sources] as Source[],
    words: [] as string[],
    level: 'place' as Level,
    sort: 'best' as Sort,
  });
  /** The words of the result shown; "" before the first query. */
  const asked = ref('');
  const result = ref<SearchResult | null>(null);
  const query = useAsync((request: SearchRequest) => search.query(request));

  const request = (offset: number): SearchRequest => ({
    text: text.value.trim(),
    level: filter.level,
    sort: filter.sort === 'best' ? '' : filter.sort,
    stages: filter.stages,
    kinds: filter.kinds,
    sources: filter.sources.length < sources.length ? filter.sources : [],
    words: filter.words,
    dateFrom: filter.dateFrom,
    dateTo: filter.dateTo,
    caseId: filter.caseId,
    recordId: '',
    offset,
    limit: pageSize,
  });

  /** listing says that the result is no answer to words: it lists what cannot be searched. */
  const listing = ref(false);

  // Each record once, by its title; the words typed stay in the field.
  const listRequest = (offset: number): SearchRequest => {
    const chosen = filter.words.filter((state) => state !== 'searched');
    return {
      ...request(offset),
      text: '',
      sources: ['title'],
      words: chosen.length ? chosen : [...missingWords],
    };
  };

  async function run() {
    if (text.value.trim() === '') return;
    const found = await query.run(request(0));
    if (!found) return;
    result.value = found;
    alike.value = '';
    listing.value = false;
    asked.value = text.value.trim();
  }

  /** list shows the records under the filters of which words cannot be searched. */
  async function list() {
    const found = await query.run(listRequest(0));
    if (!found) return;
    result.value = found;
    alike.value = asked.value = '';
    listing.value = true;
  }

  /** again asks what was asked last, under the filters of now. */
  async function again() {
    if (listing.value) await list();
    else if (asked.value) await run();
  }

  async function more() {
    const before = result.value;
    if (!before) return;
    const next = await query.run((listing.value ? listRequest : request)(before.groups.length));
    if (next) result.value = { ...before, groups: [...before.groups, ...next.groups] };
  }

  function clear() {
    text.value = asked.value = alike.value = '';
    result.value = null;
    listing.value = false;
    query.fault.value = similarity.fault.value = null;
  }

  function resetFilter() {
    Object.assign(filter, {
      stages: [],
      kinds: [],
      dateFrom: '',
      dateTo: '',
      sources: [...sources],
      words: [],
    });
  }

  /** alike names the record that the result is similar to; "" for a query. */
  const alike = ref('');
  const similarity = useAsync((recordId: string) => search.similar(recordId));

  /** similar shows the records that say much of what this one says. */
  async function similar(record: SearchRecord) {
    const found = await similarity.run(record.recordId);
    if (!found) return;
    result.value = found;
    alike.value = record.title;
    listing.value = false;
    text.value = asked.value = '';
  }

  /** take asks a saved question again. */
  async function take(saved: SavedSearch) {
    const q = saved.request;
    text.value = q.text;
    Object.assign(filter, {
      stages: q.stages,
      kinds: q.kinds,
      dateFrom: q.dateFrom,
      dateTo: q.dateTo,
      sources: q.sources.length ? q.sources : [...sources],
      words: q.words ?? [],
      level: levels.find((level) => level === q.level) ?? 'place',
      sort: sorts.find((sort) => sort === q.sort) ?? 'best',
    });
    await run();
  }

  const filters = computed(
    () =>
      filter.stages.length +
      filter.kinds.length +
      filter.words.length +
      (filter.dateFrom || filter.dateTo ? 1 : 0) +
      (filter.sources.length < sources.length ? 1 : 0),
  );

  const groups = computed<SearchCase[]>(() => result.value?.groups ?? []);

  const places = computed<Place[]>(() =>
    groups.value.flatMap((group) =>
      group.records.flatMap((record) =>
        record.hits.map((hit, i) => ({ key: `${record.recordId}/${i}/${hit.source}`, group, record, hit })),
      ),
    ),
  );

  /** Places by source, under the other filters; null before the first query. */
  const bySource = computed<Record<Source, number> | null>(() => {
    if (!result.value) return null;
    const counts = { text: 0, speech: 0, note: 0, title: 0 };
    for (const facet of result.value.sources)
      if (facet.value in counts) counts[facet.value as Source] = facet.count;
    return counts;
  });

  /** What cannot be searched under the other filters, in the order of missingWords. */
  const unsearched = computed(() =>
    missingWords.flatMap((state) => result.value?.unsearched.filter((facet) => facet.value === state) ?? []),
  );

  const loaded = computed(() => !result.value || result.value.groups.length >= result.value.cases);

  return {
    text,
    filter,
    filters,
    asked,
    result,
    query,
    groups,
    places,
    bySource,
    loaded,
    alike,
    similarity,
    similar,
    listing,
    list,
    again,
    unsearched,
    request,
    take,
    run,
    more,
    clear,
    resetFilter,
  };
}
