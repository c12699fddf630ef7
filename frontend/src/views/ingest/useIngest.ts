// A submission from the choice of files to the last outcome. The backend's
// event carries the whole job, so what is shown is always what it last said.
import { computed, onMounted, reactive, ref, watch } from 'vue';
import * as cases from '@/api/cases';
import * as ingest from '@/api/ingest';
import type { ArchiveRecord, IngestJob, IngestOutcome } from '@/api/types';
import { useAsync } from '@/composables/useAsync';
import { useJobs } from '@/stores/jobs';

/** The form: where the files go. */
export interface Into {
  caseId: string;
  stage: string;
  chain: boolean;
}

export function useIngest(into: Into) {
  const jobs = useJobs();
  const paths = ref<string[]>([]);
  const inspected = ref<IngestOutcome[]>([]);
  const job = ref<IngestJob | null>(null);
  /** Descriptions of what was stored, for duration and article 17; filled as outcomes arrive. */
  const records = reactive<Record<string, ArchiveRecord>>({});

  const add = useAsync(async (more: string[]) => {
    const all = [...new Set([...paths.value, ...more.map((path) => path.trim()).filter(Boolean)])];
    if (all.length === 0) return;
    if (job.value && job.value.state !== 'running') job.value = null;
    inspected.value = await ingest.inspect(all);
    paths.value = all;
  });
  const chooseFiles = useAsync(async () => add.run(await ingest.chooseFiles()));
  const chooseFolder = useAsync(async () => {
    const dir = await ingest.chooseFolder();
    if (dir) await add.run([dir]);
  });
  const submit = useAsync(async () => {
    const first = await ingest.submit({ ...into, paths: paths.value, recordingId: '' });
    if (job.value?.id !== first.id) job.value = first;
    // A short job may have ended before this answer came; its last news was then not for us.
    const now = await ingest.job(first.id);
    if (job.value?.state === 'running') job.value = now;
    paths.value = []; // what was inspected stays on the screen until the job names its files
  });
  const cancel = useAsync(async () => {
    if (job.value) await ingest.cancel(job.value.id);
  });

  function drop(path: string) {
    inspected.value = inspected.value.filter((file) => file.path !== path);
    paths.value = inspected.value.map((file) => file.path);
  }

  function reset() {
    paths.value = [];
    inspected.value = [];
    job.value = null;
  }

  watch(
    () => jobs.ingest,
    (news) => {
      if (news && (!job.value || news.id === job.value.id)) job.value = news;
    },
  );
  watch(job, (now) => now?.outcomes.forEach((outcome) => void describe(outcome)));

  async function describe({ recordId, state }: IngestOutcome) {
    if (!recordId || !['stored', 'known'].includes(state) || recordId in records) return;
    const found = await cases.record(recordId).catch(() => null);
    if (found) records[recordId] = found;
  }

  // A submission goes on when one leaves the view; it is taken up again here.
  onMounted(async () => {
    const recent = await ingest.recent().catch(() => []);
    if (!job.value && paths.value.length === 0)
      job.value = recent.find((one) => one.state === 'running') ?? null;
  });

  const running = computed(() => job.value?.state === 'running');
  const rows = computed(() => (job.value?.outcomes.length ? job.value.outcomes : inspected.value));
  const faults = computed(
    () =>
      add.fault.value ??
      chooseFiles.fault.value ??
      chooseFolder.fault.value ??
      submit.fault.value ??
      cancel.fault.value,
  );
  const bytes = computed(() => rows.value.reduce((sum, row) => sum + Math.max(0, row.size), 0));

  return {
    paths,
    job,
    records,
    rows,
    running,
    bytes,
    faults,
    add,
    chooseFiles,
    chooseFolder,
    submit,
    cancel,
    drop,
    reset,
  };
}
