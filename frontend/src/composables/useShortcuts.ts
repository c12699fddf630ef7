// Keys by position (event.code), so that they hold under every layout. They are
// silent while a person types and while an input method composes.
import { onActivated, onBeforeUnmount, onDeactivated, onMounted } from 'vue';

export interface Shortcut {
  /** KeyboardEvent.code, for instance "KeyK". */
  code: string;
  ctrl?: boolean;
  shift?: boolean;
  alt?: boolean;
  /** Also while a field has the focus; only for combinations that type nothing. */
  inFields?: boolean;
  /** Asked at the moment of the key. */
  when?: () => boolean;
  run: (event: KeyboardEvent) => void;
}

/** useShortcuts listens while the component is on the screen. A key that matches is taken from the page. */
export function useShortcuts(shortcuts: Shortcut[]): void {
  const listen = (event: KeyboardEvent) => {
    const found = shortcuts.find((shortcut) => matches(shortcut, event));
    if (!found) return;
    event.preventDefault();
    found.run(event);
  };
  const start = () => window.addEventListener('keydown', listen);
  const stop = () => window.removeEventListener('keydown', listen);
  onMounted(start);
  onActivated(start);
  onDeactivated(stop);
  onBeforeUnmount(stop);
}

/** matches tells whether the event is meant by the shortcut here and now. */
export function matches(shortcut: Shortcut, event: KeyboardEvent): boolean {
  if (event.isComposing || event.keyCode === 229 || event.defaultPrevented) return false;
  if (event.code !== shortcut.code) return false;
  if ((event.ctrlKey || event.metaKey) !== Boolean(shortcut.ctrl)) return false;
  if (event.shiftKey !== Boolean(shortcut.shift) || event.altKey !== Boolean(shortcut.alt)) return false;
  if (!shortcut.inFields && isField(event.target)) return false;
  return shortcut.when?.() ?? true;
}

/** isField tells whether keys pressed there are text. */
export function isField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (
    target.isContentEditable ||
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement
  )
    return true;
  return (
    target instanceof HTMLInputElement && !['checkbox', 'radio', 'button', 'range'].includes(target.type)
  );
}
