// Every key of review and redaction (law-and-features §12.1), as data: the
// listener and the overlay of keys read the same list.
import { allows, type Action, type Mode } from './modes';

export type Group = 'play' | 'step' | 'goto' | 'note' | 'mask' | 'view';

/** Key is one key with what it does. `cap` is what the overlay prints on it. */
export interface Key {
  code: string;
  ctrl?: boolean;
  shift?: boolean;
  alt?: boolean;
  action: Action;
  group: Group;
  cap: string;
  /** Message key of the overlay's line; keys with one label stand in one line. */
  label: string;
}

const line = (group: Group, label: string, ...keys: Omit<Key, 'group' | 'label'>[]): Key[] =>
  keys.map((key) => ({ ...key, group, label }));

export const keys: readonly Key[] = [
  ...line('play', 'viewing.keys.play', { code: 'Space', action: 'play', cap: '␣' }),
  ...line(
    'play',
    'viewing.keys.shuttle',
    { code: 'KeyJ', action: 'back', cap: 'J' },
    { code: 'KeyK', action: 'stop', cap: 'K' },
    { code: 'KeyL', action: 'forward', cap: 'L' },
  ),
  ...line(
    'play',
    'viewing.keys.speed',
    { code: 'BracketLeft', action: 'slower', cap: '[' },
    { code: 'BracketRight', action: 'faster', cap: ']' },
  ),
  ...line('play', 'viewing.keys.fullscreen', { code: 'KeyF', action: 'fullscreen', cap: 'F' }),
  ...line(
    'step',
    'viewing.keys.frame',
    { code: 'ArrowLeft', action: 'frame-back', cap: '←' },
    { code: 'ArrowRight', action: 'frame-forward', cap: '→' },
    { code: 'Comma', action: 'frame-back', cap: ',' },
    { code: 'Period', action: 'frame-forward', cap: '.' },
  ),
  ...line(
    'step',
    'viewing.keys.ten',
    { code: 'ArrowLeft', shift: true, action: 'ten-back', cap: '←' },
    { code: 'ArrowRight', shift: true, action: 'ten-forward', cap: '→' },
  ),
  ...line(
    'step',
    'viewing.keys.seconds',
    { code: 'ArrowLeft', ctrl: true, action: 'seconds-back', cap: '←' },
    { code: 'ArrowRight', ctrl: true, action: 'seconds-forward', cap: '→' },
  ),
  ...line(
    'step',
    'viewing.keys.keyframe',
    { code: 'ArrowLeft', alt: true, action: 'key-back', cap: '←' },
    { code: 'ArrowRight', alt: true, action: 'key-forward', cap: '→' },
  ),
  ...line(
    'step',
    'viewing.keys.ends',
    { code: 'Home', action: 'home', cap: 'Home' },
    { code: 'End', action: 'end', cap: 'End' },
  ),
  ...line('goto', 'viewing.keys.goto', { code: 'KeyG', action: 'goto', cap: 'G' }),
  ...line('goto', 'viewing.keys.find', { code: 'KeyF', ctrl: true, action: 'find', cap: 'F' }),
  ...line('goto', 'viewing.keys.contact', { code: 'KeyC', action: 'contact', cap: 'C' }),
  ...line('goto', 'viewing.keys.unshown', { code: 'KeyU', action: 'unshown', cap: 'U' }),
  ...line(
    'goto',
    'viewing.keys.marks',
    { code: 'KeyN', action: 'next-mark', cap: 'N' },
    { code: 'KeyP', action: 'previous-mark', cap: 'P' },
  ),
  ...line(
    'note',
    'viewing.keys.inout',
    { code: 'KeyI', action: 'in', cap: 'I' },
    { code: 'KeyO', action: 'out', cap: 'O' },
  ),
  ...line(
    'note',
    'viewing.keys.gotoInout',
    { code: 'KeyI', shift: true, action: 'goto-in', cap: 'I' },
    { code: 'KeyO', shift: true, action: 'goto-out', cap: 'O' },
  ),
  ...line('note', 'viewing.keys.loop', { code: 'Space', shift: true, action: 'loop', cap: '␣' }),
  ...line('note', 'viewing.keys.note', { code: 'KeyM', action: 'note', cap: 'M' }),
  ...line('note', 'viewing.keys.noteRange', { code: 'KeyM', shift: true, action: 'note-range', cap: 'M' }),
  ...line('note', 'viewing.keys.words', { code: 'KeyT', action: 'words', cap: 'T' }),
  ...line('mask', 'viewing.keys.newMask', { code: 'KeyR', action: 'new-mask', cap: 'R' }),
  ...line('mask', 'viewing.keys.endMask', { code: 'Delete', action: 'end-mask', cap: 'Del' }),
  ...line('mask', 'viewing.keys.nextMask', { code: 'Tab', action: 'next-mask', cap: 'Tab' }),
  ...line('mask', 'viewing.keys.cycleView', { code: 'KeyV', action: 'cycle-view', cap: 'V' }),
  ...line(
    'mask',
    'viewing.keys.undo',
    { code: 'KeyZ', ctrl: true, action: 'undo', cap: 'Z' },
    { code: 'KeyY', ctrl: true, action: 'redo', cap: 'Y' },
  ),
  ...line(
    'view',
    'viewing.keys.zoom',
    { code: 'Equal', action: 'zoom-in', cap: '+' },
    { code: 'Minus', action: 'zoom-out', cap: '−' },
    { code: 'Digit0', action: 'zoom-fit', cap: '0' },
  ),
  ...line(
    'view',
    'viewing.keys.zoom',
    { code: 'NumpadAdd', action: 'zoom-in', cap: '' },
    { code: 'NumpadSubtract', action: 'zoom-out', cap: '' },
  ),
  // Pages have no masks: R is free there.
  ...line(
    'view',
    'viewing.keys.turn',
    { code: 'KeyR', action: 'turn-right', cap: 'R' },
    { code: 'KeyR', shift: true, action: 'turn-left', cap: '' },
  ),
  // Some layouts give + only with Shift.
  ...line('view', 'viewing.keys.zoom', { code: 'Equal', shift: true, action: 'zoom-in', cap: '' }),
];

/** Press is the part of a KeyboardEvent that decides. */
export type Press = Pick<
  KeyboardEvent,
  'code' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey' | 'isComposing' | 'keyCode' | 'repeat'
>;

/** find gives the act of a key press in a mode; null while an input method composes. */
export function find(press: Press, mode: Mode): Action | null {
  if (press.isComposing || press.keyCode === 229) return null;
  const found = keys.find(
    (key) =>
      key.code === press.code &&
      Boolean(key.ctrl) === (press.ctrlKey || press.metaKey) &&
      Boolean(key.shift) === press.shiftKey &&
      Boolean(key.alt) === press.altKey &&
      allows(mode, key.action),
  );
  return found?.action ?? null;
}

/** Listener adds what needs memory: K held with J or L is one frame, M held while playing is a range. */
export class Listener {
  private held = new Set<string>();
  private markedAt: number | null = null;

  constructor(private readonly mode: () => Mode) {}

  /** down gives the act of a press, or null. `playing` makes M wait for its release. */
  down(press: Press, playing: boolean, now: number): Action | null {
    const action = find(press, this.mode());
    if (press.repeat && !repeatable(action)) return null;
    this.held.add(press.code);
    if (this.held.has('KeyK')) {
      if (action === 'back') return 'frame-back';
      if (action === 'forward') return 'frame-forward';
    }
    if (action === 'note' && playing) {
      this.markedAt = now;
      return null;
    }
    return action;
  }

  /** up gives the length of a held M in ms, or null for every other key. */
  up(code: string, now: number): number | null {
    this.held.delete(code);
    if (code !== 'KeyM' || this.markedAt === null) return null;
    const since = this.markedAt;
    this.markedAt = null;
    return now - since;
  }

  /** clear forgets held keys; the window has lost the focus. */
  clear(): void {
    this.held.clear();
    this.markedAt = null;
  }
}

const repeatable = (action: Action | null) =>
  action !== null && /^(frame|ten|seconds|key)-|^zoom-(in|out)$|^(un|re)do$/.test(action);

/** lines gives the overlay's rows of one group in a mode: keys with one label together. */
export function lines(group: Group, mode?: Mode): { label: string; keys: Key[] }[] {
  const rows = new Map<string, Key[]>();
  for (const key of keys) {
    if (key.group !== group || !key.cap || (mode && !allows(mode, key.action))) continue;
    rows.set(key.label, [...(rows.get(key.label) ?? []), key]);
  }
  return [...rows].map(([label, list]) => ({ label, keys: list }));
}

const groupTitles: Group[] = ['play', 'step', 'goto', 'note', 'mask', 'view'];

const modifiers = (key: Key) =>
  [key.ctrl && 'Ctrl', key.shift && 'Shift', key.alt && 'Alt'].filter(
    (each) => each !== undefined && each !== false,
  );

/** keyGroups is the overlay's content: titles and labels are message keys. */
export const keyGroups: { title: string; rows: { caps: string[]; plus?: boolean; label: string }[] }[] =
  groupTitles.map((group) => ({
    title: `viewing.keyGroups.${group}`,
    rows: lines(group).map(({ label, keys: list }) => {
      const first = list[0] as Key;
      const held = modifiers(first);
      const caps = list.map((key) => key.cap);
      return held.length > 0 ? { caps: [...held, caps.join(' ')], plus: true, label } : { caps, label };
    }),
  }));
