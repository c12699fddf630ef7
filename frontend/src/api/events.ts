// What the backend says without being asked.
import { EventsOn } from '#wails/runtime/runtime';
import type { FixityRun, IngestJob, Job, LogHead, Station, Working } from './types';

/** Every event and what it carries. */
export interface Events {
  ingest: IngestJob;
  job: Job;
  head: LogHead;
  verify: { done: number; total: number };
  fixity: FixityRun;
  working: Working;
  station: Station;
  'viewing-closed': { id: string; kind: string };
  'worker-death': { role: string; why: string };
}

/** on listens until the returned function is called. Without a bridge (unit tests) it does nothing. */
export function on<K extends keyof Events>(name: K, listener: (data: Events[K]) => void): () => void {
  if (!('runtime' in window)) return () => undefined;
  return EventsOn(name, (data: Events[K]) => listener(data));
}
