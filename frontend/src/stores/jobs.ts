// Long work that outlives a view: what the backend last said of each job.
import { defineStore } from 'pinia';
import { computed, ref } from 'vue';
import { on } from '@/api/events';
import * as jobs from '@/api/jobs';
import type { IngestJob, Job } from '@/api/types';

export const useJobs = defineStore('jobs', () => {
  const byID = ref<Record<string, Job>>({});
  const ingest = ref<IngestJob | null>(null);

  const all = computed(() => Object.values(byID.value));
  const active = computed(() =>
    all.value.filter((job) => job.state === 'waiting' || job.state === 'running'),
  );
  const failed = computed(() => all.value.filter((job) => job.state === 'failed'));

  const take = (job: Job) => (byID.value = { ...byID.value, [job.id]: job });
  const takeIngest = (job: IngestJob) => (ingest.value = job);

  async function refresh() {
    const list = await jobs.list();
    byID.value = Object.fromEntries(list.map((job) => [job.id, job]));
  }

  /** forget drops everything of the account that leaves. */
  function forget() {
    byID.value = {};
    ingest.value = null;
  }

  function listen() {
    on('job', take);
    on('ingest', takeIngest);
  }

  return { all, active, failed, ingest, take, takeIngest, refresh, forget, listen };
});
