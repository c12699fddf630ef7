// Who sits here, what that account may do, where the log stands, and which
// viewing is open. The permissions shape what is offered; the backend decides.
import { defineStore } from 'pinia';
import { computed, ref } from 'vue';
import { on } from '@/api/events';
import * as seat from '@/api/seat';
import type { LogHead, Station, Viewing } from '@/api/types';
import { usePreferences } from './preferences';

/** What the status line tells of an open viewing, and whether it has frames. */
export type OpenViewing = Pick<Viewing, 'id' | 'number' | 'purpose' | 'basis' | 'seq' | 'frames'>;

export const useSession = defineStore('session', () => {
  const station = ref<Station | null>(null);
  const head = ref<LogHead>({ size: 0, root: '', sinceWitness: 0 });
  const viewing = ref<OpenViewing | null>(null);
  /** Whether the log was last found whole: null = not checked since sign-in. */
  const verified = ref<boolean | null>(null);

  const account = computed(() => station.value?.account ?? null);
  const archive = computed(() => station.value?.archive ?? null);
  /** Why the seat is locked, '' when it is not: nothing is answered meanwhile. */
  const locked = computed(() => (account.value ? (station.value?.locked ?? '') : ''));
  const may = (permission: string) => station.value?.permissions?.includes(permission) ?? false;
  const mayAny = (...permissions: string[]) => permissions.some(may);

  function take(next: Station) {
    const before = account.value?.number ?? '';
    station.value = next;
    if (next.head) head.value = next.head;
    const number = next.account?.number ?? '';
    if (number !== before) {
      viewing.value = null;
      verified.value = null;
      usePreferences().load(number);
    }
  }

  const refresh = async () => take(await seat.state());
  const signIn = async (number: string, password: string) => take(await seat.signIn(number, password));
  const accept = async (number: string, password: string, reason: string) =>
    take(await seat.accept(number, password, reason));
  const signOut = async () => take(await seat.signOut());

  const lock = async () => take(await seat.lock());
  const unlock = async (password: string) => take(await seat.unlock(password));

  const enterViewing = (open: OpenViewing) => (viewing.value = open);
  const leaveViewing = () => (viewing.value = null);

  /** listen follows the backend's own words: idle sign-out, the log's head, closed viewings. */
  function listen() {
    on('station', take);
    on('head', (next) => (head.value = next));
    on('viewing-closed', ({ id }) => {
      if (viewing.value?.id === id) leaveViewing();
    });
  }

  return {
    station,
    account,
    archive,
    locked,
    head,
    viewing,
    verified,
    may,
    mayAny,
    take,
    refresh,
    signIn,
    accept,
    signOut,
    lock,
    unlock,
    enterViewing,
    leaveViewing,
    listen,
  };
});
