import { describe, expect, it, vi } from 'vitest';
import type { SearchHit, SearchResult } from '@/api/types';

const query = vi.hoisted(() => vi.fn());
vi.mock('@/api/search', () => ({ query }));
const { placesOf, useFind } = await import('./useFind');

const hit = (page: number, frame: number, mark = true) =>
  ({
    source: page ? 'text' : 'speech',
    page,
    frame,
    time: page ? -1 : frame / 25,
    score: 1,
    fragments: [{ text: '甲', mark }],
  }) as SearchHit;
const answer = (...hits: SearchHit[]) =>
  ({ groups: [{ records: [{ hits }] }], unparsed: [], pending: 0 }) as unknown as SearchResult;

describe('find inside a record', () => {
  it('puts places in the order of the record and leaves out what only the title holds', () => {
    const places = placesOf(answer(hit(7, -1), hit(0, 40), hit(2, -1), hit(3, -1, false), hit(0, -25)));
    expect(places.map((place) => [place.page, place.frame])).toEqual([
      [0, 40],
      [2, -1],
      [7, -1],
    ]);
  });

  it('goes to the first place, on, and round the end', async () => {
    query.mockResolvedValue(answer(hit(2, -1), hit(5, -1)));
    const gone: number[] = [];
    const find = useFind('r', (place) => gone.push(place.page));
    await find.ask(' 甲 ');
    expect(query.mock.lastCall?.[0]).toMatchObject({ recordId: 'r', text: '甲' });
    await find.ask('甲'); // the same again goes on
    find.step(1);
    find.step(-1);
    expect(gone).toEqual([2, 5, 2, 5]);
    expect(query).toHaveBeenCalledTimes(1);
    find.close();
    expect([find.open.value, find.asked.value, find.places.value]).toEqual([false, '', []]);
  });

  it('stays in a place while there are marks to step to', async () => {
    query.mockResolvedValue(answer(hit(2, -1), hit(5, -1)));
    let left = 2;
    const gone: number[] = [];
    const find = useFind(
      'r',
      (place) => gone.push(place.page),
      () => left-- > 0,
    );
    await find.ask('甲');
    find.step(1);
    find.step(1);
    find.step(1);
    expect(gone).toEqual([2, 5]);
  });
});
