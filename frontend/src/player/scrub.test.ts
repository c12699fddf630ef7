// A hand that scrubs, a stretch that is repeated, speeds in both directions.
import { expect, it } from 'vitest';
import { Bench, evenly } from './testing/bench';

it('shows thumbnails while the hand moves and the exact frame when it rests; only that counts', async () => {
  const bench = new Bench(evenly(1000, 25));
  bench.sketches = [];
  bench.latency = 20;
  bench.engine.seek(0);
  await bench.run(400);
  for (let n = 100; n < 600; n += 50) {
    bench.engine.scrub(n);
    expect(bench.engine.sketched).toBe(n);
    await bench.run(30);
  }
  expect(bench.sketches).toHaveLength(10);
  expect(bench.asked.filter((each) => each.n > 0 && each.n < 550 && each.n % 50 === 0)).toEqual([]);
  await bench.run(500);
  expect(bench.engine.sketched).toBe(-1);
  expect(bench.engine.shown).toBe(550);
  await bench.engine.close();
  const frames = bench.presented.flatMap(({ from, to }) => [from, to]);
  expect(new Set(frames)).toEqual(new Set([0, 550]));
});

it('seeks at once where there is no thumbnail, or the frame is at hand', async () => {
  const bench = new Bench(evenly(100, 25));
  bench.latency = 10;
  bench.engine.scrub(30);
  await bench.run(40);
  expect(bench.engine.shown).toBe(30);
  bench.sketches = [];
  bench.engine.scrub(30);
  expect(bench.sketches).toEqual([]);
});

it('plays a stretch again and again until told to go on', async () => {
  const bench = new Bench(evenly(200, 25));
  bench.latency = 10;
  bench.engine.repeat({ from: 50, to: 60 });
  await bench.run(2000);
  const shown = bench.drawn.filter((n) => n >= 0);
  expect(Math.max(...shown)).toBeLessThanOrEqual(61);
  expect(shown.filter((n) => n === 55).length).toBeGreaterThanOrEqual(3);
  bench.engine.repeat(null);
  await bench.run(1500);
  expect(Math.max(...bench.drawn)).toBeGreaterThan(70);
});

it('tells of the end of forward play, not of backward play', async () => {
  const bench = new Bench(evenly(20, 25));
  bench.latency = 5;
  bench.engine.play(1);
  await bench.run(1500);
  expect(bench.ended).toBe(1);
  bench.engine.play(-1);
  await bench.run(1500);
  expect(bench.ended).toBe(1);
  expect(bench.engine.shown).toBe(0);
});

it('plays backwards without a step forward, and at eight times on a grid', async () => {
  const bench = new Bench(evenly(1000, 25));
  bench.latency = 30;
  bench.engine.seek(500);
  await bench.run(300);
  bench.drawn = [];
  bench.engine.play(-1);
  await bench.run(2000);
  const back = bench.drawn;
  expect(back.every((n, i) => i === 0 || n < (back[i - 1] as number))).toBe(true);
  expect(back.length).toBeGreaterThan(45);
  bench.engine.pause();
  await bench.run(300);
  bench.asked = [];
  bench.engine.play(8);
  await bench.run(1000);
  const asked = bench.asked.filter((each) => each.quality === 'move').map((each) => each.n);
  expect(asked.every((n) => n % 8 === 0)).toBe(true);
  expect(bench.engine.tally.passed).toBeGreaterThan(150);
  expect(bench.engine.tally.drawn).toBeGreaterThan(20);
});

it('says what was left out when pictures come late', async () => {
  const bench = new Bench(evenly(500, 25));
  bench.latency = 200;
  bench.engine.play(1);
  await bench.run(3000);
  const { passed, drawn } = bench.engine.tally;
  expect(drawn).toBeLessThan(passed * 0.9);
  await bench.engine.close();
  const told = bench.presented.reduce((sum, each) => sum + each.presented, 0);
  expect(told).toBeLessThanOrEqual(bench.drawn.length);
});

it('shows keyframes alone where eight times backwards cannot be decoded in time', async () => {
  const keyframes = [0, 50, 100, 150, 200, 250, 300, 350];
  const bench = new Bench(evenly(400, 25), null, keyframes);
  bench.latency = 400; // far too slow for 200 frames a second
  bench.engine.seek(399);
  await bench.run(1000);
  bench.engine.play(-8);
  await bench.run(1700);
  const late = bench.drawn.slice(-2);
  expect(late.every((n) => keyframes.includes(n))).toBe(true);
});
