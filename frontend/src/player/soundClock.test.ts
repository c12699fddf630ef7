import { expect, it } from 'vitest';
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

it('goes on evenly between the bursts of a device and does not drift from it', async () => {
  const device = bursting();
  const sound = new Sound(
    (from) => Promise.resolve({ rate: 100, channels: 1, from, data: new Int16Array(100) }),
    () => device as unknown as Device,
  );
  expect(await sound.start(() => 0, 1)).toBe(true);
  let before = sound.time(1000) as number;
  let longest = 0;
  for (let ms = 16; ms <= 20_000; ms += 16) {
    // 0.2 % faster than the wall, in steps of 70 ms.
    device.currentTime = Math.floor((ms * 1.002) / 70) * 0.07;
    const now = sound.time(1000 + ms) as number;
    if (ms > 2000) longest = Math.max(longest, now - before);
    before = now;
  }
  sound.stop();
  expect(longest).toBeLessThan(0.022); // a repaint, not a burst
  expect(Math.abs(before - (20 * 1.002 - 0.03))).toBeLessThan(0.06);
});
