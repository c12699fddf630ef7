// Listens to the keys of the table while a view is on the screen. Silent in
// fields, while an input method composes and under a dialog.
import { onBeforeUnmount, onMounted } from 'vue';
import { isField } from '@/composables/useShortcuts';
import { Listener } from '@/player/keys';
import type { Action, Mode } from '@/player/modes';

export interface PlayerKeys {
  mode: () => Mode;
  playing: () => boolean;
  act: (action: Action) => void;
  /** M was held while playing, for so many ms. */
  held?: (ms: number) => void;
}

export function usePlayerKeys({ mode, playing, act, held }: PlayerKeys): void {
  const listener = new Listener(mode);

  const down = (event: KeyboardEvent) => {
    if (event.defaultPrevented || isField(event.target) || document.querySelector('[aria-modal="true"]'))
      return;
    // Space and Enter on a focused button are the button's own.
    if (event.code === 'Space' && event.target instanceof HTMLButtonElement) return;
    const before = event.code === 'KeyM' && playing();
    const action = listener.down(event, playing(), performance.now());
    if (!action && !before) return;
    event.preventDefault();
    if (action) act(action);
  };
  const up = (event: KeyboardEvent) => {
    const ms = listener.up(event.code, performance.now());
    if (ms !== null) held?.(ms);
  };
  const clear = () => listener.clear();

  onMounted(() => {
    window.addEventListener('keydown', down);
    window.addEventListener('keyup', up);
    window.addEventListener('blur', clear);
  });
  onBeforeUnmount(() => {
    window.removeEventListener('keydown', down);
    window.removeEventListener('keyup', up);
    window.removeEventListener('blur', clear);
  });
}
