// Which act is possible where, as data: a key does nothing in a mode that lacks its act.

export const actions = [
  'play',
  'back',
  'stop',
  'forward',
  'slower',
  'faster',
  'fullscreen',
  'frame-back',
  'frame-forward',
  'ten-back',
  'ten-forward',
  'seconds-back',
  'seconds-forward',
  'key-back',
  'key-forward',
  'home',
  'end',
  'goto',
  'unshown',
  'next-mark',
  'previous-mark',
  'in',
  'out',
  'goto-in',
  'goto-out',
  'loop',
  'note',
  'note-range',
  'new-mask',
  'end-mask',
  'next-mask',
  'cycle-view',
  'undo',
  'redo',
  'zoom-in',
  'zoom-out',
  'zoom-fit',
  'help',
] as const;

export type Action = (typeof actions)[number];

/** Where a person is: footage under review, pages of a document, or the redaction bench. */
export type Mode = 'review' | 'page' | 'redact';

const move: Action[] = [
  'play',
  'back',
  'stop',
  'forward',
  'slower',
  'faster',
  'fullscreen',
  'frame-back',
  'frame-forward',
  'ten-back',
  'ten-forward',
  'seconds-back',
  'seconds-forward',
  'key-back',
  'key-forward',
  'home',
  'end',
  'goto',
  'in',
  'out',
  'goto-in',
  'goto-out',
  'loop',
  'zoom-in',
  'zoom-out',
  'zoom-fit',
  'help',
];

/** table is mode × action. */
export const table: Readonly<Record<Mode, ReadonlySet<Action>>> = {
  review: new Set<Action>([...move, 'unshown', 'next-mark', 'previous-mark', 'note', 'note-range']),
  page: new Set<Action>([
    'frame-back',
    'frame-forward',
    'home',
    'end',
    'goto',
    'unshown',
    'next-mark',
    'previous-mark',
    'note',
    'zoom-in',
    'zoom-out',
    'zoom-fit',
    'fullscreen',
    'help',
  ]),
  redact: new Set<Action>([...move, 'new-mask', 'end-mask', 'next-mask', 'cycle-view', 'undo', 'redo']),
};

/** allows tells whether an act is possible in a mode. */
export const allows = (mode: Mode, action: Action): boolean => table[mode].has(action);
