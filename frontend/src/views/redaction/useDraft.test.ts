// What was handed in is what will be approved: nothing changes it afterwards.
import { flushPromises, mount } from '@vue/test-utils';
import { beforeEach, expect, it } from 'vitest';
import { defineComponent, h } from 'vue';
import type { Draft } from '@/api/types';
import { addTrack } from '@/player/tracks';
import { useDraft, type DraftDesk } from './useDraft';

const saved: Draft[] = [];
const rect = { x: 10, y: 10, w: 40, h: 40 };

beforeEach(() => {
  saved.length = 0;
  Object.assign(window, {
    go: {
      desktop: {
        Redaction: {
          SaveDraft: (draft: Draft) => (saved.push(draft), Promise.resolve(draft)),
          Submit: () => Promise.resolve({ id: 'c1', number: 'F-1', state: 'candidate' }),
          Copy: () => Promise.resolve({ summary: { id: 'c1', state: 'candidate' } }),
        },
      },
    },
  });
});

it('locks the draft once it is submitted', async () => {
  let desk!: DraftDesk;
  const start = { id: 'd1', recordId: 'r1', plan: '', names: '', version: 1, savedAt: '' };
  const bench = mount(defineComponent({ setup: () => ((desk = useDraft(start, 'ab')), () => h('div')) }));
  desk.addNamed((plan) => addTrack(plan, 't1', 0, rect, '个人隐私'), 't1', '面部');
  expect(desk.locked.value).toBe(false);
  expect(await desk.submit()).toBe(true);
  expect(desk.locked.value).toBe(true);
  const plan = JSON.stringify(desk.plan.value);

  desk.addNamed((now) => addTrack(now, 't2', 0, rect, '个人隐私'), 't2', '车牌');
  desk.edit((now) => addTrack(now, 't3', 0, rect, '个人隐私'));
  desk.rename('t1', '别的名字');
  desk.undo();
  expect(JSON.stringify(desk.plan.value)).toBe(plan);
  expect(desk.made.value.names).toEqual({ t1: '面部' });

  bench.unmount();
  await flushPromises();
  expect(saved).toHaveLength(1);
});
