// Nothing is copied, printed or saved off the glass (F41, F42): the try is
// stopped here, refused and logged by the desk, and told in its words. What a
// person typed himself, in a field, is his own.
import { onBeforeUnmount, onMounted, shallowRef, type ShallowRef } from 'vue';
import { sentenceOf, type Sentence } from '@/i18n/faults';

export type Take = 'copy' | 'print' | 'save' | 'screenshot';

const ofOnesOwn = (target: EventTarget | null) =>
  target instanceof Element && target.closest('input, textarea, [contenteditable="true"]') !== null;

/** takeOf says what a key would take with it, '' for nothing. */
export function takeOf(
  event: Pick<KeyboardEvent, 'code' | 'key' | 'ctrlKey' | 'metaKey' | 'altKey'>,
): Take | '' {
  if (event.key === 'PrintScreen') return 'screenshot';
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return '';
  if (event.code === 'KeyP') return 'print';
  return event.code === 'KeyS' ? 'save' : '';
}

/** chosen says whether something that is selected, or dragged, lies in what the selector names. */
function chosen(target: EventTarget | null, selector: string): boolean {
  if (target instanceof Element && target.closest(selector)) return true;
  const selection = document.getSelection();
  if (!selection || selection.isCollapsed) return false;
  return [...document.querySelectorAll(selector)].some((node) => selection.containsNode(node, true));
}

/**
 * useTakeaway guards a view; `refuse` asks the desk, which always refuses. With
 * `content`, a selector, only what it names is guarded: the words of records in
 * a view whose numbers and names a person may note down.
 */
export function useTakeaway(
  refuse: (act: Take) => Promise<unknown>,
  content = '',
): ShallowRef<Sentence | null> {
  const refused = shallowRef<Sentence | null>(null);
  let asking = false;

  async function taken(act: Take) {
    if (asking) return; // a key that is held down is one try
    asking = true;
    try {
      await refuse(act);
    } catch (cause) {
      refused.value = sentenceOf(cause);
    } finally {
      asking = false;
    }
  }

  function stop(event: Event, act: Take) {
    event.preventDefault();
    event.stopImmediatePropagation();
    void taken(act);
  }
  const guards = (target: EventTarget | null) =>
    !ofOnesOwn(target) && (content === '' || chosen(target, content));
  const onTheGlass = () => content === '' || document.querySelector(content) !== null;
  const onCopy = (event: Event) => {
    if (guards(event.target)) stop(event, 'copy');
  };
  const onMenu = (event: Event) => {
    if (guards(event.target)) event.preventDefault(); // its entries save pictures
  };
  const onKey = (event: KeyboardEvent) => {
    const act = takeOf(event);
    if (act && onTheGlass()) stop(event, act);
  };
  // The menu of a window prints without a key; the print itself is blank (print.css).
  const onPrint = () => {
    if (onTheGlass()) void taken('print');
  };

  onMounted(() => {
    window.addEventListener('copy', onCopy, true);
    window.addEventListener('cut', onCopy, true);
    window.addEventListener('dragstart', onCopy, true);
    window.addEventListener('contextmenu', onMenu, true);
    window.addEventListener('keydown', onKey, true);
    window.addEventListener('keyup', onScreen, true);
    window.addEventListener('beforeprint', onPrint);
  });
  // Browsers tell of the print-screen key when it is let go.
  const onScreen = (event: KeyboardEvent) => {
    if (event.key === 'PrintScreen' && onTheGlass()) stop(event, 'screenshot');
  };
  onBeforeUnmount(() => {
    window.removeEventListener('copy', onCopy, true);
    window.removeEventListener('cut', onCopy, true);
    window.removeEventListener('dragstart', onCopy, true);
    window.removeEventListener('contextmenu', onMenu, true);
    window.removeEventListener('keydown', onKey, true);
    window.removeEventListener('keyup', onScreen, true);
    window.removeEventListener('beforeprint', onPrint);
  });
  return refused;
}
