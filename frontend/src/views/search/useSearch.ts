// One query and its pages. Every query is written to the log, so nothing is
// asked while a person still types: only Enter and a changed filter ask.
import { computed, reactive, ref } from 'vue';
import * as search from '@/api/search';
import type { SearchCase, SearchHit, SearchRecord, SearchRequest, SearchResult } from '@/api/types';
import { useAsync } from '@/composables/useAsync';

export const sources = ['text', 'speech', 'note', 'title'] as const;
export type Source = (typeof sources)[number];

/** Place is one hit with what it belongs to. */
export interface Place {
  key: string;
  group: SearchCase;
  record: SearchRecord;
  hit: SearchHit;
}

const pageSize = 20;

export function useSearch() {
  const text = ref('');
  const filter = reactive({
    stages: [] as string[],
    kinds: [] as string[],
    dateFrom: '',
    dateTo: '',
    caseId: '',
    sources: [...sources] as Source[],
  });
  /** The words of the result shown; "" before the first query. */
  const asked = ref('');
  const result = ref<SearchResult | null>(null);
  const query = useAsync((request: SearchRequest) => search.query(request));

  const request = (offset: number): SearchRequest => ({
    text: text.value.trim(),
    stages: filter.stages,
    kinds: filter.kinds,
    dateFrom: filter.dateFrom,
    dateTo: filter.dateTo,
    caseId: filter.caseId,
    recordId: '',
    offset,
    limit: pageSize,
  });

  async function run() {
    if (text.value.trim() === '') return;
    const found = await query.run(request(0));
    if (!found) return;
    result.value = found;
    asked.value = text.value.trim();
  }

  async function more() {
    const before = result.value;
    if (!before) return;
    const next = await query.run(request(before.groups.length));
    if (next) result.value = { ...before, groups: [...before.groups, ...next.groups] };
  }

  function clear() {
    text.value = asked.value = '';
    result.value = null;
    query.fault.value = null;
  }

  function resetFilter() {
    Object.assign(filter, { stages: [], kinds: [], dateFrom: '', dateTo: '', sources: [...sources] });
  }

  const filters = computed(
    () =>
      filter.stages.length +
      filter.kinds.length +
      (filter.dateFrom || filter.dateTo ? 1 : 0) +
      (filter.sources.length < sources.length ? 1 : 0),
  );

  const groups = computed<SearchCase[]>(() =>
    (result.value?.groups ?? [])
      .map((group) => ({
        ...group,
        records: group.records
          .map((record) => ({ ...record, hits: record.hits.filter((hit) => wanted(hit)) }))
          .filter((record) => record.hits.length > 0),
      }))
      .filter((group) => group.records.length > 0),
  );
  const wanted = (hit: SearchHit) => filter.sources.includes(hit.source as Source);

  const places = computed<Place[]>(() =>
    groups.value.flatMap((group) =>
      group.records.flatMap((record) =>
        record.hits.map((hit, i) => ({ key: `${record.recordId}/${i}/${hit.source}`, group, record, hit })),
      ),
    ),
  );

  /** Hits by source; null unless every hit is loaded, because a partial count would mislead. */
  const bySource = computed<Record<Source, number> | null>(() => {
    const all = result.value;
    if (!all) return null;
    const hits = all.groups.flatMap((group) => group.records.flatMap((record) => record.hits));
    if (hits.length < all.places) return null;
    const counts = { text: 0, speech: 0, note: 0, title: 0 };
    for (const hit of hits) if (hit.source in counts) counts[hit.source as Source]++;
    return counts;
  });

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
    run,
    more,
    clear,
    resetFilter,
  };
}
