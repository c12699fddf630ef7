// The rules of the dialog: no purpose, no viewing; "other" needs words.
import { flushPromises, mount } from '@vue/test-utils';
import { NConfigProvider } from 'naive-ui';
import { createPinia, setActivePinia } from 'pinia';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMemoryHistory, createRouter } from 'vue-router';
import { h } from 'vue';
import type { Station, ViewingRequest } from '@/api/types';
import { i18n } from '@/i18n';
import { useOpening } from '@/stores/opening';
import { useSession } from '@/stores/session';
import PurposeDialog from './PurposeDialog.vue';
import { missing, purposesFor } from './purposes';

const asked: ViewingRequest[] = [];
let unmount = () => {};

beforeEach(async () => {
  asked.length = 0;
  document.body.innerHTML = '';
  // The bridge as Wails lays it into the window.
  Object.assign(window, {
    go: {
      desktop: {
        Viewings: { Open: (request: ViewingRequest) => (asked.push(request), Promise.resolve({ id: 'v1' })) },
      },
    },
  });
  setActivePinia(createPinia());
  useSession().take({ state: 'ready', account: null, permissions: ['view', 'review'] } as unknown as Station);
  const router = createRouter({
    history: createMemoryHistory(),
    routes: [
      { path: '/', component: { render: () => null } },
      { path: '/viewing/:id', name: 'viewing', component: { render: () => null } },
    ],
  });
  const wrapper = mount(() => h(NConfigProvider, null, () => h(PurposeDialog)), {
    global: { plugins: [i18n, router] },
    attachTo: document.body,
  });
  unmount = () => wrapper.unmount();
  useOpening().ask({ recordId: 'r1', title: '录像', code: 'D30', medium: 'video', frame: 7550, q: '改建' });
  await flushPromises();
  await router.isReady().catch(() => undefined);
  routeOf = () => router.currentRoute.value.fullPath;
});
afterEach(() => unmount());
let routeOf = () => '';

const button = () => document.querySelector<HTMLButtonElement>('[data-testid=open]');
const pick = async (value: string) => {
  document.querySelector<HTMLInputElement>(`input[value=${value}]`)?.click();
  await flushPromises();
};
const type = async (id: string, text: string) => {
  const field = document.querySelector<HTMLInputElement>(`input[data-testid=${id}]`);
  if (field) field.value = text;
  field?.dispatchEvent(new Event('input'));
  await flushPromises();
};

describe('PurposeDialog', () => {
  it('does not open without a purpose', async () => {
    expect(button()?.disabled).toBe(true);
    document
      .querySelector('[data-testid=purpose]')
      ?.dispatchEvent(new KeyboardEvent('keydown', { code: 'Enter', bubbles: true }));
    await flushPromises();
    expect(asked).toEqual([]);
  });
  it('opens with one, at the very place', async () => {
    await pick('planned');
    expect(button()?.disabled).toBe(false);
    button()?.click();
    await flushPromises();
    expect(asked).toEqual([{ recordId: 'r1', copyId: '', purpose: 'planned', basis: '', note: '' }]);
    expect(decodeURIComponent(routeOf())).toBe('/viewing/v1?q=改建&frame=7550');
  });
  it('opens at the time of spoken words where no frame is known', async () => {
    useOpening().ask({ recordId: 'r1', title: '录像', code: 'D30', medium: 'video', frame: -1, time: 23.6 });
    await flushPromises();
    await pick('planned');
    button()?.click();
    await flushPromises();
    expect(routeOf()).toBe('/viewing/v1?time=23.6');
  });
  it('wants words for "other"', async () => {
    await pick('other');
    expect(button()?.disabled).toBe(true);
    await type('note', '局领导交办');
    expect(button()?.disabled).toBe(false);
  });
  it('takes the digits as choices', async () => {
    document
      .querySelector('[data-testid=purpose]')
      ?.dispatchEvent(new KeyboardEvent('keydown', { code: 'Digit1', bubbles: true }));
    await flushPromises();
    expect(document.querySelector<HTMLInputElement>('input[value=planned]')?.checked).toBe(true);
  });
});

describe('purposes', () => {
  it('follow the role', () => {
    expect(purposesFor((...p) => p.includes('review'))).toContain('planned');
    expect(purposesFor((...p) => p.includes('redact'))).not.toContain('planned');
    expect(purposesFor(() => false)).toEqual(['litigation', 'other']);
  });
  it.each([
    ['', '', '', 'purpose'],
    ['other', '', ' ', 'note'],
    ['complaint', ' ', '', 'basis'],
    ['complaint', 'TS-1', '', ''],
    ['planned', '', '', ''],
  ])('%s / %s / %s lacks %s', (purpose, basis, note, lack) =>
    expect(missing(purpose, basis, note)).toBe(lack),
  );
});
