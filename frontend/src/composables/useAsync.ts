// One asynchronous act: whether it runs, what it gave, what went wrong.
import { ref, shallowRef, type Ref, type ShallowRef } from 'vue';
import { sentenceOf, type Sentence } from '@/i18n/faults';

export interface Async<A extends unknown[], T> {
  data: ShallowRef<T | null>;
  busy: Ref<boolean>;
  /** The last refusal as a sentence; null after the next start. */
  fault: ShallowRef<Sentence | null>;
  /** Runs the act. Gives undefined when it failed or a newer run overtook it. */
  run: (...args: A) => Promise<T | undefined>;
}

/** useAsync wraps an act; of overlapping runs only the newest counts. */
export function useAsync<A extends unknown[], T>(act: (...args: A) => Promise<T>): Async<A, T> {
  const data = shallowRef<T | null>(null);
  const busy = ref(false);
  const fault = shallowRef<Sentence | null>(null);
  let newest = 0;

  async function run(...args: A): Promise<T | undefined> {
    const mine = ++newest;
    busy.value = true;
    fault.value = null;
    try {
      const result = await act(...args);
      if (mine !== newest) return undefined;
      data.value = result;
      return result;
    } catch (cause) {
      if (mine === newest) fault.value = sentenceOf(cause);
      return undefined;
    } finally {
      if (mine === newest) busy.value = false;
    }
  }

  return { data, busy, fault, run };
}
