import { describe, expect, it } from 'vitest';
import { matches } from './useShortcuts';

function press(init: KeyboardEventInit & { target?: HTMLElement; keyCode?: number }): KeyboardEvent {
  const event = new KeyboardEvent('keydown', { ...init, bubbles: true, cancelable: true });
  if (init.keyCode) Object.defineProperty(event, 'keyCode', { value: init.keyCode });
  const target = init.target ?? document.body;
  target.dispatchEvent(event);
  return event;
}
const g = { code: 'KeyG', run: () => {} };

describe('matches', () => {
  it('goes by position, not by letter', () =>
    expect(matches(g, press({ code: 'KeyG', key: 'п' }))).toBe(true));
  it('wants exactly its modifiers', () => {
    expect(matches(g, press({ code: 'KeyG', shiftKey: true }))).toBe(false);
    expect(matches({ ...g, ctrl: true }, press({ code: 'KeyG', ctrlKey: true }))).toBe(true);
  });
  it('is silent in fields, unless it may speak there', () => {
    const target = document.createElement('input');
    document.body.append(target);
    expect(matches(g, press({ code: 'KeyG', target }))).toBe(false);
    expect(matches({ ...g, inFields: true }, press({ code: 'KeyG', target }))).toBe(true);
  });
  it('is silent while an input method composes', () => {
    expect(matches(g, press({ code: 'KeyG', isComposing: true }))).toBe(false);
    expect(matches(g, press({ code: 'KeyG', keyCode: 229 }))).toBe(false);
  });
});
