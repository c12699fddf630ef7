// What cannot be searched is said with every answer, and can be listed.
import { flushPromises, mount } from '@vue/test-utils';
import { beforeEach, expect, it } from 'vitest';
import type { SearchRequest } from '@/api/types';
import { i18n, words } from '@/i18n';
import FacetColumn from './FacetColumn.vue';
import UnsearchedNote from './UnsearchedNote.vue';
import { missingWords, useSearch } from './useSearch';

const asked: SearchRequest[] = [];
const answer = {
  cases: 0,
  records: 0,
  places: 0,
  groups: [],
  stages: [],
  kinds: [],
  years: [],
  sources: [],
  words: [
    { value: 'searched', count: 4 },
    { value: 'encrypted', count: 1 },
  ],
  unsearched: [
    { value: 'no_transcript', count: 2 },
    { value: 'needs_ocr', count: 3 },
  ],
  level: 'place',
  terms: [],
  unparsed: [],
  millis: 1,
  pending: 0,
};

beforeEach(() => {
  asked.length = 0;
  Object.assign(window, {
    go: {
      desktop: {
        Search: { Query: (request: SearchRequest) => (asked.push(request), Promise.resolve(answer)) },
      },
    },
  });
});

it('lists what cannot be searched under the filters, and goes back to the words', async () => {
  const search = useSearch();
  search.text.value = '封条';
  await search.run();
  expect(search.unsearched.value.map((facet) => facet.value)).toEqual(['needs_ocr', 'no_transcript']);

  search.filter.stages = ['decision'];
  await search.list();
  expect(asked.at(-1)).toMatchObject({
    text: '',
    sources: ['title'],
    stages: ['decision'],
    words: [...missingWords],
  });
  expect([search.listing.value, search.asked.value]).toEqual([true, '']);

  search.filter.words = ['searched', 'encrypted'];
  await search.again();
  expect(asked.at(-1)).toMatchObject({ text: '', words: ['encrypted'] });

  await search.run();
  expect(asked.at(-1)).toMatchObject({ text: '封条', words: ['searched', 'encrypted'] });
  expect([search.listing.value, search.filters.value]).toEqual([false, 3]);
  search.resetFilter();
  expect(search.filters.value).toBe(0);
});

it('says how many and why, in words of the house', async () => {
  const facets = [
    { value: 'needs_ocr', count: 3 },
    { value: 'no_transcript', count: 1200 },
  ];
  const note = mount(UnsearchedNote, { props: { facets, listing: false }, global: { plugins: [i18n] } });
  expect(note.text()).toContain('1,203 件没有可检索的文字');
  const tip = note.get('[data-testid=list-unsearched]').attributes('title') ?? '';
  expect(tip).toContain('没有命中不等于没有');
  expect(tip.split('\n')).toHaveLength(3);
  await note.get('[data-testid=list-unsearched]').trigger('click');
  expect(note.emitted('list')).toHaveLength(1);

  await note.setProps({ told: true });
  expect(note.find('button').exists()).toBe(false);
  await note.setProps({ listing: true });
  expect(note.text()).toContain('审看时按 T 键入');
  await note.setProps({ listing: false, facets: [] });
  expect(note.text()).toBe('');
});

it('offers the states that the answer has, each with a reason', async () => {
  const column = mount(FacetColumn, {
    props: {
      result: answer as never,
      bySource: null,
      stages: [],
      kinds: [],
      from: '',
      to: '',
      sources: [],
      states: ['timeout'],
    },
    global: { plugins: [i18n] },
  });
  await flushPromises();
  const rows = column.findAll('[data-testid=facet-words] .fi');
  expect(rows.map((row) => row.text())).toEqual(['可检索4', '加密1', '读取超时0']);
  expect(rows[1]?.attributes('title')).toContain('未加密的文件');
  await rows[1]?.get('input').setValue(true);
  expect(column.emitted('update:states')?.[0]).toEqual([['timeout', 'encrypted']]);
});

it('has a name and a reason for each state', () => {
  for (const state of ['searched', ...missingWords])
    for (const table of ['state', 'why']) expect(words(`search.words.${table}.${state}`)).not.toBe('');
});
