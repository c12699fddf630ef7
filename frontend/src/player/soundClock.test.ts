import { expect, it, vi } from 'vitest';
import { Sound, type Device } from './sound';

// A device that tells its time in bursts, as PulseAudio does behind WebKitGTK.
function bursting() {
  const node = { connect: () => undefined, disconnect: () => undefined, gain: { value: 1 } };
  const source = () => ({
    ...node,
    playbackRate: { value: 1 },
    start: () => undefined,
    stop: () => undefined,
    onended: null,
  });
  const device = {
    currentTime: 0,
    state: 'running',
    resume: () => Promise.resolve(),
    createGain: () => node,
    createBuffer: () => ({ copyToChannel: () => undefined }),
    createBufferSource: source,
    destination: node,
  };
  return device;
}

// Sound that is heard, and where its device stands.
async function playing() {
  const device = bursting();
  const sound = new Sound(
    (from) => Promise.resolve({ rate: 100, channels: 1, from, data: new Int16Array(100) }),
    () => device as unknown as Device,
  );
  const moving = setInterval(() => (device.currentTime += 0.01), 10);
  expect(await sound.start(() => 0, 1)).toBe(true);
  clearInterval(moving);
  return { device, sound, began: device.currentTime };
}

it('goes on evenly between the bursts of a device and does not drift from it', async () => {
  const { device, sound, began } = await playing();
  let before = sound.time(1000) as number;
  let longest = 0;
  for (let ms = 16; ms <= 20_000; ms += 16) {
    // 0.2 % faster than the wall, in steps of 70 ms.
    device.currentTime = began + Math.floor((ms * 1.002) / 70) * 0.07;
    const now = sound.time(1000 + ms) as number;
    if (ms > 2000) longest = Math.max(longest, now - before);
    before = now;
  }
  sound.stop();
  expect(longest).toBeLessThan(0.022); // a repaint, not a burst
  expect(Math.abs(before - (20 * 1.002 - 0.03))).toBeLessThan(0.06);
});

it('bridges a device that is held up and catches up, and follows one that does not', async () => {
  const { device, sound, began } = await playing();
  let wall = 1000;
  let before = sound.time(wall) as number;
  let steps: number[] = [];
  const run = (ms: number, at: (wall: number) => number) => {
    for (const end = wall + ms; wall < end;) {
      wall += 16;
      device.currentTime = at(wall - 1000);
      const now = sound.time(wall) as number;
      steps.push(now - before);
      before = now;
    }
  };
  const even = (ms: number) => began + ms / 1000;
  run(1000, even);
  const held = device.currentTime;
  run(260, () => held);
  run(1000, even); // all at once
  expect(Math.max(...steps)).toBeLessThan(0.022);
  expect(Math.min(...steps.slice(10))).toBeGreaterThan(0.008);

  steps = [];
  const stood = device.currentTime;
  run(260, () => stood);
  const from = wall - 1000;
  run(500, (ms) => stood + (ms - from) / 1000); // what was held up is lost
  expect(Math.abs(before - (device.currentTime - began - 0.03))).toBeLessThan(0.05);
  sound.stop();
});

it('waits for a card that opens slowly, and comes back after one that stood still', async () => {
  vi.useFakeTimers();
  const device = bursting();
  let at = 0;
  const sound = new Sound(
    (from) => Promise.resolve({ rate: 100, channels: 1, from, data: new Int16Array(100) }),
    () => device as unknown as Device,
  );
  const run = async (ms: number, moves: boolean) => {
    for (let t = 0; t < ms; t += 10) {
      if (moves) device.currentTime += 0.01;
      at += 0.01;
      await vi.advanceTimersByTimeAsync(10);
      sound.time(Date.now());
    }
  };
  let heard: boolean | null = null;
  void sound.start(() => at, 1).then((is) => (heard = is));
  await run(100, true); // its buffers are filled
  await run(400, false); // the card opens
  expect(heard).toBe(null); // the picture waits with it
  await run(500, true);
  expect(heard).toBe(true);
  expect(sound.leading).toBe(true);

  await run(600, false);
  expect(sound.leading).toBe(false); // the picture goes on by the wall
  await run(2000, true);
  expect(sound.leading).toBe(true);
  expect(sound.time(Date.now())).toBeCloseTo(at, 1);
  sound.stop();
  await run(2000, true);
  expect(sound.leading).toBe(false);

  const dead = new Sound(
    (from) => Promise.resolve({ rate: 100, channels: 1, from, data: new Int16Array(100) }),
    () => bursting() as unknown as Device,
  );
  void dead.start(() => 0, 1).then((is) => (heard = is));
  await vi.advanceTimersByTimeAsync(1300);
  expect(heard).toBe(false); // the picture plays on silently
  vi.useRealTimers();
});
