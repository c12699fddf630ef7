import { describe, expect, it } from 'vitest';
import type { Sound } from './sound';
import { Bench, evenly, settle } from './testing/bench';

describe('seeking', () => {
  it('keeps one request on its way and only the newest wish', async () => {
    const bench = new Bench(evenly(100, 25));
    bench.engine.seek(10);
    bench.engine.seek(20);
    bench.engine.seek(30);
    bench.engine.seek(40);
    expect(bench.asked.map((each) => each.n)).toEqual([10]);
    expect(bench.engine.commanded).toBe(40);
    expect(bench.engine.shown).toBe(-1);
    await bench.asked[0]?.give();
    expect(bench.asked.map((each) => each.n)).toEqual([10, 40]);
    await bench.asked[1]?.give();
    expect(bench.drawn).toEqual([10, 40]);
    expect(bench.engine.shown).toBe(40);
  });

  it('fetches the lossless picture after a rest, and the neighbours', async () => {
    const bench = new Bench(evenly(100, 25));
    bench.latency = 5;
    bench.engine.seek(10);
    await bench.run(100);
    expect(bench.engine.shownAt).toBe('move');
    await bench.run(200);
    expect(bench.engine.shownAt).toBe('rest');
    expect(bench.asked.map((each) => `${each.n}${each.quality}`)).toEqual([
      '10move',
      '10rest',
      '11move',
      '12move',
      '9move',
    ]);
    expect(bench.drawn).toEqual([10, 10]);
  });

  it('goes on with the newest wish when a frame cannot be had', async () => {
    const bench = new Bench(evenly(100, 25));
    bench.engine.seek(10);
    bench.engine.seek(50);
    await bench.asked[0]?.refuse();
    await bench.asked[1]?.give();
    expect(bench.failures).toEqual([10]);
    expect(bench.engine.shown).toBe(50);
  });

  it('steps from what was commanded, not from what is shown', async () => {
    const bench = new Bench(evenly(100, 25));
    bench.engine.seek(10);
    for (let i = 0; i < 10; i++) bench.engine.step(1);
    expect(bench.engine.commanded).toBe(20);
    bench.engine.step(-100);
    expect(bench.engine.commanded).toBe(0);
  });
});

describe('playing', () => {
  it('follows the times of the frames with variable frame rate', async () => {
    // Ten quick frames, one that stands for a second, ten quick ones.
    const times = [...evenly(10, 50), 0.2, ...evenly(10, 50).map((at) => at + 1.2)];
    const bench = new Bench(times);
    bench.latency = 1;
    bench.engine.seek(0);
    await bench.run(200);
    bench.drawn.length = 0;
    bench.engine.play(1);
    await bench.run(250);
    expect(bench.engine.shown).toBe(10);
    await bench.run(900);
    expect(bench.engine.shown).toBe(10);
    await bench.run(100);
    expect(bench.engine.shown).toBeGreaterThan(10);
    await bench.run(400);
    expect(bench.engine.speed).toBe(0);
    expect(new Set(bench.drawn)).toEqual(new Set(times.map((_, i) => i)));
  });

  it('asks for at most three pictures at once and drops what comes after a seek', async () => {
    const bench = new Bench(evenly(100, 25));
    bench.engine.play(1);
    await bench.run(50);
    const playing = [...bench.asked];
    expect(playing).toHaveLength(3);
    bench.engine.seek(90);
    for (const each of playing) await each.give();
    expect(bench.drawn).toEqual([]);
    expect(bench.released).toHaveLength(3);
    expect(bench.asked.at(-1)?.generation).toBeGreaterThan(playing[0]?.generation ?? 0);
    await bench.asked.at(-1)?.give();
    expect(bench.drawn).toEqual([90]);
  });

  it('lays in pictures while the first sound is waited for, and no longer', async () => {
    let begin: (heard: boolean) => void = () => undefined;
    const sound = {
      leading: false,
      start: () => new Promise<boolean>((resolve) => (begin = resolve)),
      stop: () => undefined,
      time: () => null,
    };
    const bench = new Bench(evenly(100, 25), sound as unknown as Sound);
    bench.latency = 20;
    bench.engine.play(1);
    await bench.run(300);
    expect(bench.drawn).toEqual([]);
    expect(bench.asked.map((each) => each.n)).toEqual(Array.from({ length: 12 }, (_, i) => i));
    begin(false);
    await bench.run(400);
    expect(bench.drawn).toEqual(Array.from({ length: 10 }, (_, i) => i));

    bench.engine.pause();
    bench.engine.seek(50);
    await bench.run(100);
    const before = bench.asked.length;
    bench.engine.play(1);
    bench.engine.pause(); // given up while it waits
    await bench.run(300);
    expect(bench.asked.length - before).toBeLessThan(8);
  });

  it('leaves no picture out after a short halt of the machine, and hurries no long one', async () => {
    const bench = new Bench(evenly(200, 25));
    bench.latency = 5;
    bench.engine.play(1);
    await bench.run(600);
    bench.time += 110; // nothing is painted for so long
    await bench.run(300);
    const last = bench.engine.shown;
    expect(bench.drawn).toEqual(Array.from({ length: last + 1 }, (_, n) => n));
    expect(last).toBe(bench.engine.clock.frame(bench.time)); // and play is in time again
    const { passed, drawn } = bench.engine.tally;
    expect(passed - drawn).toBe(0);

    bench.time += 400;
    await bench.run(100);
    expect(bench.drawn.length).toBeLessThan(bench.engine.shown);
    expect(bench.engine.tally.passed - bench.engine.tally.drawn).toBeGreaterThan(5);
    expect(bench.engine.shown).toBe(bench.engine.clock.frame(bench.time));
  });

  it('counts what was drawn, not what was due', async () => {
    const bench = new Bench(evenly(100, 25));
    bench.latency = 1;
    bench.engine.play(1);
    await bench.run(1000);
    bench.latency = null; // nothing arrives any more
    await bench.run(1000);
    bench.engine.pause();
    await settle();
    const plays = bench.presented.filter((each) => each.kind === 'play');
    const shown = plays.reduce((sum, each) => sum + each.presented, 0);
    expect(shown).toBe(new Set(bench.drawn).size);
    expect(shown).toBeLessThan(40);
  });

  it('writes at least every two seconds, and at each change of speed', async () => {
    const bench = new Bench(evenly(500, 25));
    bench.latency = 1;
    bench.engine.play(1);
    await bench.run(2100);
    expect(bench.presented).toHaveLength(1);
    expect(bench.presented[0]).toMatchObject({
      kind: 'play',
      from: 0,
      speed: 1,
      sound: 'none',
      visible: true,
    });
    bench.engine.setRate(2);
    await settle();
    expect(bench.presented).toHaveLength(2);
    bench.engine.pause();
    await settle();
    bench.engine.play(-1);
    await bench.run(400);
    bench.engine.pause();
    await settle();
    const back = bench.presented.at(-1);
    expect(back?.speed).toBe(-1);
    expect(back?.from).toBeLessThan(back?.to ?? 0);
  });

  it('leaves no gap between two writings', async () => {
    const bench = new Bench(evenly(200, 25));
    bench.latency = 1;
    bench.engine.play(1);
    await bench.run(6500);
    bench.engine.pause();
    await settle();
    const plays = bench.presented.filter((each) => each.kind === 'play');
    expect(plays.length).toBeGreaterThan(3);
    for (let i = 1; i < plays.length; i++) expect(plays[i]?.from).toBe((plays[i - 1]?.to ?? 0) + 1);
  });

  it('stops when what is shown cannot be written, and writes it later', async () => {
    const bench = new Bench(evenly(200, 25));
    bench.latency = 1;
    bench.writeFails = true;
    bench.engine.play(1);
    await bench.run(2200);
    expect(bench.engine.speed).toBe(0);
    expect(bench.unwritten).toBe(1);
    bench.writeFails = false;
    await bench.engine.close();
    expect(bench.presented[0]).toMatchObject({ kind: 'play', from: 0 });
  });

  it('shuttles at 2, 4 and 8 and turns round at once', () => {
    const bench = new Bench(evenly(500, 25));
    const speeds = [1, 1, 1, 1, -1, -1].map((direction) => {
      bench.engine.shuttle(direction as 1 | -1);
      return bench.engine.speed;
    });
    expect(speeds).toEqual([1, 2, 4, 8, -1, -2]);
  });

  it('does not play unseen', async () => {
    const bench = new Bench(evenly(500, 25));
    bench.latency = 1;
    bench.engine.play(1);
    await bench.run(500);
    bench.engine.visible(false);
    expect(bench.engine.speed).toBe(0);
    await bench.run(5000);
    bench.engine.visible(true);
    await settle();
    expect(bench.presented.filter((each) => !each.visible).every((each) => each.kind === 'still')).toBe(true);
  });
});
