// @vitest-environment happy-dom
import { mount } from '@vue/test-utils';
import { describe, expect, it, vi } from 'vitest';
import { defineComponent, h, nextTick } from 'vue';
import { AppError } from '@/api/errors';
import { takeOf, useTakeaway, type Take } from './useTakeaway';

const key = (code: string, more: object = {}) => ({
  code,
  key: '',
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  ...more,
});

describe('takeOf', () => {
  it.each([
    [key('KeyP', { ctrlKey: true }), 'print'],
    [key('KeyP', { metaKey: true }), 'print'],
    [key('KeyS', { ctrlKey: true }), 'save'],
    [key('', { key: 'PrintScreen' }), 'screenshot'],
    [key('KeyP'), ''],
    [key('KeyS', { ctrlKey: true, altKey: true }), ''],
    [key('KeyF', { ctrlKey: true }), ''],
  ])('%o is %s', (event, want) => expect(takeOf(event)).toBe(want));
});

describe('useTakeaway', () => {
  const guarded = (refuse: (act: Take) => Promise<unknown>) =>
    mount(
      defineComponent(() => {
        const refused = useTakeaway(refuse);
        return () => h('div', [h('p', 'page'), h('input'), refused.value?.code]);
      }),
      { attachTo: document.body },
    );
  const fire = (on: Element, type: string) => {
    const event = new Event(type, { bubbles: true, cancelable: true });
    on.dispatchEvent(event);
    return event.defaultPrevented;
  };

  it('stops a copy of the page, tells the desk and shows its refusal', async () => {
    const refuse = vi.fn(() => Promise.reject(new AppError('viewing.takeaway', '', {})));
    const view = guarded(refuse);
    expect(fire(view.find('p').element, 'copy')).toBe(true);
    expect(fire(view.find('p').element, 'contextmenu')).toBe(true);
    await nextTick();
    await nextTick();
    expect(refuse.mock.calls).toEqual([['copy']]);
    expect(view.text()).toContain('viewing.takeaway');
    view.unmount();
  });

  it("leaves a person's own words to him", () => {
    const refuse = vi.fn(() => Promise.resolve());
    const view = guarded(refuse);
    expect(fire(view.find('input').element, 'copy')).toBe(false);
    view.unmount();
    expect(fire(document.body, 'copy')).toBe(false);
    expect(refuse).not.toHaveBeenCalled();
  });

  it('guards only the words of records where a view has more than those', () => {
    const refuse = vi.fn(() => Promise.resolve());
    const view = mount(
      defineComponent(() => {
        useTakeaway(refuse, '[data-content]');
        return () => h('div', [h('p', 'number'), h('p', { 'data-content': '' }, 'words')]);
      }),
      { attachTo: document.body },
    );
    expect(fire(view.find('p').element, 'copy')).toBe(false);
    expect(fire(view.find('[data-content]').element, 'copy')).toBe(true);
    expect(refuse.mock.calls).toEqual([['copy']]);
    view.unmount();
  });

  it('one held key is one try', () => {
    const refuse = vi.fn(() => new Promise(() => undefined));
    const view = guarded(refuse);
    for (let n = 0; n < 5; n++)
      window.dispatchEvent(new KeyboardEvent('keydown', { code: 'KeyP', ctrlKey: true, cancelable: true }));
    expect(refuse.mock.calls).toEqual([['print']]);
    view.unmount();
  });
});
