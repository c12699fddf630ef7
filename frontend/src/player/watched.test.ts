import { describe, expect, it } from 'vitest';
import { nextUnshown, unshown, Watched, type Manner } from './watched';

const still: Manner = { kind: 'still', speed: 0, sound: 'none', visible: true };
const step: Manner = { ...still, kind: 'step' };
const play: Manner = { kind: 'play', speed: 1, sound: 'on', visible: true };

describe('watched', () => {
  it('tells a still that stood long enough from one that did not', () => {
    const watched = new Watched();
    watched.change(still, 0);
    watched.drawn(5, 0);
    watched.drawn(9, 150);
    watched.gone(400);
    const [brief, long] = watched.take(400);
    expect(brief).toMatchObject({ kind: 'still', from: 5, to: 5, presented: 1, wallMs: 150 });
    expect(long).toMatchObject({ kind: 'still', from: 9, to: 9, presented: 1, wallMs: 250 });
  });

  it('joins steps that each stood long enough into one interval', () => {
    const watched = new Watched();
    watched.change(step, 0);
    [10, 11, 12, 13].forEach((n, i) => watched.drawn(n, i * 300));
    expect(watched.take(1200)).toEqual([
      { kind: 'step', from: 10, to: 13, presented: 4, speed: 0, sound: 'none', visible: true, wallMs: 1200 },
    ]);
  });

  it('never mixes counted and brief steps', () => {
    const watched = new Watched();
    watched.change(step, 0);
    watched.drawn(1, 0);
    watched.drawn(2, 300);
    watched.drawn(3, 350);
    watched.drawn(4, 400);
    const list = watched.take(800);
    expect(list.map((each) => [each.from, each.to, each.wallMs >= 200 * each.presented])).toEqual([
      [1, 1, true],
      [2, 3, false],
      [4, 4, true],
    ]);
  });

  it('splits at each change of speed, sound and visibility', () => {
    const watched = new Watched();
    watched.change(play, 0);
    for (let n = 0; n < 5; n++) watched.drawn(n, n * 40);
    watched.change({ ...play, sound: 'muted' }, 200);
    for (let n = 5; n < 8; n++) watched.drawn(n, n * 40);
    watched.change({ ...play, sound: 'muted', speed: 2 }, 320);
    watched.drawn(8, 320);
    expect(
      watched
        .take(400)
        .map(({ from, to, sound, speed, presented }) => ({ from, to, sound, speed, presented })),
    ).toEqual([
      { from: 0, to: 4, sound: 'on', speed: 1, presented: 5 },
      { from: 5, to: 7, sound: 'muted', speed: 1, presented: 3 },
      { from: 8, to: 8, sound: 'muted', speed: 2, presented: 1 },
    ]);
  });

  it('goes on with a still that is written while it stands', () => {
    const watched = new Watched();
    watched.change(still, 0);
    watched.drawn(7, 0);
    expect(watched.take(1000)).toHaveLength(1);
    expect(watched.take(1000)).toHaveLength(0);
    watched.gone(1500);
    expect(watched.take(1500)).toMatchObject([{ from: 7, wallMs: 500 }]);
  });
});

describe('unshown', () => {
  const ranges = [
    { from: 10, to: 19 },
    { from: 0, to: 4 },
    { from: 15, to: 29 },
  ];
  it('finds the next stretch, wrapping once', () => {
    expect(nextUnshown(ranges, 0, 40)).toBe(5);
    expect(nextUnshown(ranges, 12, 40)).toBe(30);
    expect(nextUnshown(ranges, 12, 30)).toBe(5);
    expect(nextUnshown([{ from: 0, to: 29 }], 12, 30)).toBeNull();
  });
  it('lists the gaps', () => {
    expect(unshown(ranges, 40)).toEqual([
      { from: 5, to: 9 },
      { from: 30, to: 39 },
    ]);
  });
});
