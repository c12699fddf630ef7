import { createPinia, setActivePinia } from 'pinia';
import { expect, it } from 'vitest';
import type { Job } from '@/api/types';
import { useJobs } from './jobs';

const job = (id: string, state: string): Job => ({ id, state, kind: 'text' }) as Job;

it('keeps the last word of each job', () => {
  setActivePinia(createPinia());
  const jobs = useJobs();
  jobs.take(job('a', 'waiting'));
  jobs.take(job('b', 'running'));
  jobs.take(job('a', 'failed'));
  expect(jobs.active.map((one) => one.id)).toEqual(['b']);
  expect(jobs.failed.map((one) => one.id)).toEqual(['a']);
  jobs.forget();
  expect(jobs.all).toEqual([]);
});
