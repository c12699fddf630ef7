// The way to the glass: a view asks for a record, the purpose dialog answers.
// Nothing is shown before the purpose stands in the log.
import { defineStore } from 'pinia';
import { shallowRef } from 'vue';
import type { Viewing } from '@/api/types';

/** Target is what is to be opened, and where. */
export interface Target {
  recordId: string;
  /** The sealed candidate of a copy, instead of the record. */
  copyId?: string;
  title: string;
  code: string;
  medium: string;
  /** 1-based page to open at. */
  page?: number;
  /** 0-based frame to open at. */
  frame?: number;
  /** Seconds from the first frame, where the place is a time and no frame is known: spoken words. */
  time?: number;
  /** Words to mark at the place, from the search that led here. */
  q?: string;
  /** A purpose that follows from the act itself, for instance "redaction". */
  purpose?: string;
  basis?: string;
  /** Where to go instead of the reading room, once the viewing is open. */
  onOpened?: (viewing: Viewing) => void;
}

export const useOpening = defineStore('opening', () => {
  const target = shallowRef<Target | null>(null);
  const ask = (wanted: Target) => (target.value = wanted);
  const forget = () => (target.value = null);
  return { target, ask, forget };
});
