// Whether what is drawn can be seen: the window is not hidden and the seat not
// locked. Nothing plays or counts otherwise.
import { watch } from 'vue';
import { useSession } from '@/stores/session';

/** useSight calls `changed` when it changes, until `stop`. */
export function useSight(changed: (seen: boolean) => void): { seen: () => boolean; stop: () => void } {
  const session = useSession();
  const seen = () => document.visibilityState === 'visible' && !session.locked;
  const tell = () => changed(seen());
  document.addEventListener('visibilitychange', tell);
  const unwatch = watch(() => session.locked, tell);
  return {
    seen,
    stop: () => {
      document.removeEventListener('visibilitychange', tell);
      unwatch();
    },
  };
}
