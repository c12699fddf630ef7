// Recordings without frames, and an index verified while a viewing stands open.
import { flushPromises, mount } from '@vue/test-utils';
import { createPinia, setActivePinia } from 'pinia';
import { beforeEach, expect, it } from 'vitest';
import { defineComponent, h } from 'vue';
import type { Interval, Viewing } from '@/api/types';
import { useViewing, type OpenedViewing } from './useViewing';

const listeners: Record<string, (payload: unknown) => void> = {};
const presented: Interval[][] = [];
let viewing: Viewing;

beforeEach(() => {
  setActivePinia(createPinia());
  presented.length = 0;
  resumed = 0;
  const coverage = { ranges: [], fast: [], shown: 0, total: 3, share: 0 };
  viewing = {
    id: 'v1',
    record: { id: 'r1', kind: 'av', medium: 'video' },
    frames: 3,
    provisional: true,
    duration: 0.12,
    sound: [],
    coverage,
  } as unknown as Viewing;
  Object.assign(window, {
    runtime: {
      EventsOnMultiple: (name: string, act: (payload: unknown) => void) => (
        (listeners[name] = act),
        () => undefined
      ),
      EventsOn: (name: string, act: (payload: unknown) => void) => ((listeners[name] = act), () => undefined),
      EventsOff: () => undefined,
    },
    go: {
      desktop: {
        Viewings: {
          Get: () => Promise.resolve({ ...viewing }),
          Times: () => Promise.resolve(times),
          Keyframes: () => Promise.resolve([0]),
          Transcripts: () =>
            Promise.resolve([{ id: 't1', line: 't1', cues: [{ from: 1.25, to: 2, frame: 1250, text: '' }] }]),
          Annotations: () => Promise.resolve([]),
          Close: () => Promise.resolve(),
          Present: (_: string, list: Interval[]) => (
            presented.push(list),
            Promise.resolve({ ...viewing.coverage, ranges: [{ from: 0, to: 999 }] })
          ),
        },
      },
    },
  });
});

let times = [0, 0.04, 0.08];
let resumed = 0;
const calm = () => Promise.resolve(() => void resumed++);

async function opened(): Promise<OpenedViewing> {
  let made!: OpenedViewing;
  mount(
    defineComponent({
      setup: () => ((made = useViewing('v1', () => Promise.resolve(), calm)), () => h('div')),
    }),
  );
  await made.load();
  return made;
}

const job = (change = {}) => ({ kind: 'frame-index', state: 'done', subject: 'r1', ...change });

it('takes verified numbers over when they name the same frames', async () => {
  const one = await opened();
  viewing = { ...viewing, provisional: false };
  listeners['job']?.(job({ subject: 'other' }));
  listeners['job']?.(job({ state: 'running' }));
  await flushPromises();
  expect(one.viewing.value?.provisional).toBe(true);
  listeners['job']?.(job());
  await flushPromises();
  expect(one.viewing.value?.provisional).toBe(false);
  expect(one.verifiedLater.value).toBe(false);
  expect(one.numbering.value).toBe(0);
  expect(resumed).toBe(1);
});

it('lets the player be made anew when verified numbers name other frames', async () => {
  const one = await opened();
  viewing = { ...viewing, provisional: false, frames: 4 };
  times = [0, 0.04, 0.06, 0.08];
  listeners['job']?.(job());
  await flushPromises();
  expect(one.times.value).toHaveLength(4);
  expect(one.numbering.value).toBe(1);
  expect(resumed).toBe(0);
  times = [0, 0.04, 0.08];
});

it('says that it must be opened again while the desk keeps the old numbers', async () => {
  const one = await opened();
  listeners['job']?.(job());
  await flushPromises();
  expect(one.viewing.value?.provisional).toBe(true);
  expect(one.verifiedLater.value).toBe(true);
});

it('plays sound without frames on a grid and reports milliseconds', async () => {
  const sound = [{ index: 0, rate: 16000, channels: 1, language: '' }];
  const coverage = { ...viewing.coverage, total: 3000 };
  viewing = { ...viewing, frames: 0, provisional: false, duration: 3, sound, coverage };
  const one = await opened();
  expect(one.footage.value).toBe(false);
  expect(one.soundOnly.value).toBe(true);
  expect(one.times.value).toHaveLength(30);
  expect(one.cues.value[0]?.frame).toBe(12);
  const played = { presented: 10, speed: 1, sound: 'on', visible: true, wallMs: 1000 };
  await one.present([
    { ...played, kind: 'still', from: 0, to: 0 },
    { ...played, kind: 'play', from: 0, to: 9 },
  ] as Interval[]);
  expect(presented).toMatchObject([[{ kind: 'play', from: 0, to: 999, presented: 1000 }]]);
  expect(one.coverage.value.ranges).toEqual([{ from: 0, to: 9 }]);
});

it('does not report sound where the desk does not measure it', async () => {
  const sound = [{ index: 0, rate: 16000, channels: 1, language: '' }];
  viewing = { ...viewing, frames: 0, duration: 3, sound, coverage: { ...viewing.coverage, total: 0 } };
  const one = await opened();
  expect(one.measured.value).toBe(false);
  await one.present([
    { kind: 'play', from: 0, to: 9, presented: 10, speed: 1, sound: 'on', visible: true, wallMs: 1000 },
  ]);
  expect(presented).toEqual([]);
});
