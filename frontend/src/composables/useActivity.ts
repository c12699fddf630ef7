// Tells the backend that somebody is there who calls nothing: reads, scrolls,
// thinks with the mouse in hand. Without this a reader would be locked out.
import { onBeforeUnmount, onMounted } from 'vue';
import * as seat from '@/api/seat';

/** How often at most it is told, in ms; far below the ten minutes of the lock. */
const often = 60_000;
const acts = ['pointerdown', 'pointermove', 'keydown', 'wheel'] as const;

export function useActivity(awake: () => boolean, now: () => number = Date.now) {
  let told = 0;
  function heard() {
    if (!awake() || now() - told < often) return;
    told = now();
    // That nobody sits here any more is told by the station itself.
    seat.active().catch(() => undefined);
  }
  onMounted(() => acts.forEach((act) => window.addEventListener(act, heard, { passive: true })));
  onBeforeUnmount(() => acts.forEach((act) => window.removeEventListener(act, heard)));
}
