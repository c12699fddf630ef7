// The acts that every mode with footage shares, from the action's name to the engine.
import type { Player } from '@/composables/usePlayer';
import type { Action } from '@/player/modes';
import type { TimelineView } from './useTimeline';

export interface InOut {
  in: number | null;
  out: number | null;
}

export interface Bench {
  player: Player;
  timeline: TimelineView;
  keyframes: readonly number[];
  marks: InOut;
  goto: () => void;
  fullscreen: () => void;
}

// The stretch from in to out, again and again; a second press lets it play on.
function loop({ player, marks }: Bench): void {
  const { engine } = player;
  if (engine.loop) engine.repeat(null);
  else if (marks.in !== null && marks.out !== null)
    engine.repeat({ from: Math.min(marks.in, marks.out), to: Math.max(marks.in, marks.out) });
}

/** transport carries an act out and tells whether it was one of the shared ones. */
export function transport(bench: Bench, action: Action): boolean {
  const { player, timeline, keyframes, marks } = bench;
  const { engine } = player;
  const at = engine.commanded;
  const acts: Partial<Record<Action, () => void>> = {
    play: () => engine.toggle(),
    back: () => engine.shuttle(-1),
    stop: () => engine.pause(),
    forward: () => engine.shuttle(1),
    slower: () => engine.nudge(-1),
    faster: () => engine.nudge(1),
    fullscreen: bench.fullscreen,
    'frame-back': () => engine.step(-1),
    'frame-forward': () => engine.step(1),
    'ten-back': () => engine.step(-10),
    'ten-forward': () => engine.step(10),
    'seconds-back': () => engine.skip(-5),
    'seconds-forward': () => engine.skip(5),
    'key-back': () => engine.seek(keyframes.filter((each) => each < at).at(-1) ?? 0),
    'key-forward': () => engine.seek(keyframes.find((each) => each > at) ?? player.times.length - 1),
    home: () => engine.seek(0),
    end: () => engine.seek(player.times.length - 1),
    goto: bench.goto,
    in: () => (marks.in = at),
    out: () => (marks.out = at),
    'goto-in': () => marks.in !== null && engine.seek(marks.in),
    'goto-out': () => marks.out !== null && engine.seek(marks.out),
    loop: () => loop(bench),
    'zoom-in': () => timeline.zoomBy(1.5),
    'zoom-out': () => timeline.zoomBy(1 / 1.5),
    'zoom-fit': () => timeline.fit(),
  };
  const act = acts[action];
  act?.();
  return act !== undefined;
}
