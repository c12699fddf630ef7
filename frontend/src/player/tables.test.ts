import { describe, expect, it } from 'vitest';
import { Cache } from './frames';
import { find, keys, lines, Listener, type Press } from './keys';
import { actions, allows, table, type Mode } from './modes';
import { planes } from './sound';
import { durationOf, formatTime, frameAt, glass, parseGoal, timeOf } from './timecode';
import { reveal, shareOf, ticks, whole, zoom } from './timeline';

const press = (code: string, more: Partial<Press> = {}): Press => ({
  code,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  isComposing: false,
  keyCode: 0,
  repeat: false,
  ...more,
});

describe('keys', () => {
  it('has no two acts on one key in any mode', () => {
    for (const mode of Object.keys(table) as Mode[]) {
      const seen = new Map<string, string>();
      for (const key of keys.filter((each) => allows(mode, each.action))) {
        const chord = [key.ctrl && 'ctrl', key.shift && 'shift', key.alt && 'alt', key.code]
          .filter(Boolean)
          .join('+');
        expect(seen.get(chord) ?? key.action, `${mode} ${chord}`).toBe(key.action);
        seen.set(chord, key.action);
      }
    }
  });
  it('gives every act but help a key', () => {
    const without = actions.filter((action) => !keys.some((key) => key.action === action));
    expect(without).toEqual(['help']);
  });
  it('is silent while an input method composes', () => {
    expect(find(press('KeyJ'), 'review')).toBe('back');
    expect(find(press('KeyJ', { isComposing: true }), 'review')).toBeNull();
    expect(find(press('KeyJ', { keyCode: 229 }), 'review')).toBeNull();
  });
  it('obeys the mode', () => {
    expect(find(press('KeyV'), 'review')).toBeNull();
    expect(find(press('KeyV'), 'redact')).toBe('cycle-view');
    expect(find(press('KeyU'), 'redact')).toBeNull();
    expect(find(press('Space'), 'page')).toBeNull();
  });
  it('takes K held with L or J as one frame', () => {
    const listener = new Listener(() => 'review');
    expect(listener.down(press('KeyL'), false, 0)).toBe('forward');
    listener.up('KeyL', 1);
    expect(listener.down(press('KeyK'), true, 2)).toBe('stop');
    expect(listener.down(press('KeyL'), false, 3)).toBe('frame-forward');
    expect(listener.down(press('KeyJ'), false, 4)).toBe('frame-back');
    listener.up('KeyK', 5);
    expect(listener.down(press('KeyJ'), false, 6)).toBe('back');
  });
  it('measures M held while playing', () => {
    const listener = new Listener(() => 'review');
    expect(listener.down(press('KeyM'), false, 0)).toBe('note');
    listener.up('KeyM', 1);
    expect(listener.down(press('KeyM'), true, 10)).toBeNull();
    expect(listener.up('KeyM', 910)).toBe(900);
  });
  it('repeats steps only', () => {
    const listener = new Listener(() => 'review');
    expect(listener.down(press('ArrowRight', { repeat: true }), false, 0)).toBe('frame-forward');
    expect(listener.down(press('Space', { repeat: true }), false, 0)).toBeNull();
  });
  it('groups keys of one line for the overlay', () => {
    expect(lines('step', 'review')[0]?.keys.map((key) => key.cap)).toEqual(['←', '→', ',', '.']);
    expect(lines('mask', 'review')).toEqual([]);
  });
});

describe('timecode', () => {
  const times = [0, 0.02, 0.5, 0.54, 3];
  it('finds frames by their own times', () => {
    expect([0, 0.019, 0.02, 0.49, 0.5, 2.9, 99].map((at) => frameAt(times, at))).toEqual([
      0, 0, 1, 1, 2, 3, 4,
    ]);
    expect(times.map((at) => frameAt(times, at))).toEqual([0, 1, 2, 3, 4]);
    expect(timeOf(times, 99)).toBe(3);
    expect(durationOf(times)).toBeCloseTo(5.46);
  });
  it('reads what people type', () => {
    expect(parseGoal('138')).toEqual({ kind: 'frame', frame: 137 });
    expect(parseGoal('第 1,138 帧')).toEqual({ kind: 'frame', frame: 1137 });
    expect(parseGoal('00:01:02.5')).toEqual({ kind: 'time', seconds: 62.5 });
    expect(parseGoal('1:02')).toEqual({ kind: 'time', seconds: 62 });
    expect(parseGoal('１：０２')).toEqual({ kind: 'time', seconds: 62 });
    expect(parseGoal('12.5')).toEqual({ kind: 'time', seconds: 12.5 });
    expect(parseGoal('90秒')).toEqual({ kind: 'time', seconds: 90 });
    expect(parseGoal('@09:34:02')).toEqual({ kind: 'scene', seconds: 34442 });
    for (const wrong of ['', '0', '1:99', '1:60:00', 'abc', '-5']) expect(parseGoal(wrong)).toBeNull();
  });
  it('writes times and numbers for the glass', () => {
    expect(formatTime(766.52)).toBe('00:12:46.520');
    expect(formatTime(0.9999)).toBe('00:00:01.000');
    expect(formatTime(59.9999, false)).toBe('00:00:59');
    expect(glass(19162)).toBe('19,163');
  });
});

describe('timeline', () => {
  it('zooms at the pointer', () => {
    const near = zoom(whole(100), 4, 0.3, 100);
    expect(near.to - near.from).toBeCloseTo(25);
    expect(shareOf(near, 30)).toBeCloseTo(0.3);
    expect(zoom(near, 0.01, 0.3, 100)).toEqual({ from: 0, to: 100 });
  });
  it('follows the playhead only when it leaves', () => {
    const span = { from: 10, to: 20 };
    expect(reveal(span, 15, 100)).toBe(span);
    expect(reveal(span, 21, 100)).toEqual({ from: 19, to: 29 });
  });
  it('labels ticks at round times', () => {
    expect(ticks(whole(120), 1000).map((tick) => tick.label)).toEqual([
      '00:00',
      '00:15',
      '00:30',
      '00:45',
      '01:00',
      '01:15',
      '01:30',
      '01:45',
      '02:00',
    ]);
    expect(ticks({ from: 0, to: 0.5 }, 1000)[1]?.label).toBe('00:00.1');
  });
});

describe('cache', () => {
  it('drops the least recently used and keeps the better picture', () => {
    const released: string[] = [];
    const cache = new Cache<string>(30, (picture) => released.push(picture));
    for (const n of [1, 2, 3]) cache.put({ n, picture: `m${n}`, bytes: 10, quality: 'move' });
    cache.get(1);
    cache.put({ n: 4, picture: 'm4', bytes: 10, quality: 'move' });
    expect(released).toEqual(['m2']);
    cache.put({ n: 1, picture: 'r1', bytes: 10, quality: 'rest' });
    cache.put({ n: 1, picture: 'late', bytes: 10, quality: 'move' });
    expect(released).toEqual(['m2', 'm1', 'late']);
    expect(cache.bytes).toBe(30);
  });
});

describe('sound', () => {
  it('takes channels apart', () => {
    const [left, right] = planes({
      rate: 8000,
      channels: 2,
      from: 0,
      data: Int16Array.from([16384, -32768, 0, 32767]),
    });
    expect([...(left ?? [])]).toEqual([0.5, 0]);
    expect([...(right ?? [])].map((v) => v.toFixed(2))).toEqual(['-1.00', '1.00']);
  });
});
