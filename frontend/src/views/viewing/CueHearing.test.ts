// Words by a machine: a button where a model is, a sentence where none is, and
// never two requests.
import { flushPromises, mount } from '@vue/test-utils';
import { createPinia, setActivePinia } from 'pinia';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { NConfigProvider } from 'naive-ui';
import { h } from 'vue';
import type { Job, Transcription, Viewing } from '@/api/types';
import { i18n } from '@/i18n';
import { useJobs } from '@/stores/jobs';
import CueHearing from './CueHearing.vue';

const idle: Transcription = {
  model: 'sense-voice',
  lack: undefined,
  state: '',
  done: 0,
  total: 0,
  remaining: -1,
  code: '',
} as Transcription;
let now: Transcription;
const asked: string[] = [];
let heard = 0;
let unmount = () => {};

beforeEach(() => {
  vi.useFakeTimers();
  asked.length = 0;
  heard = 0;
  document.body.innerHTML = '';
  const say = (what: string) => (id: string) => {
    if (what) asked.push(`${what} ${id}`);
    return Promise.resolve(now);
  };
  // The bridge as Wails lays it into the window.
  Object.assign(window, {
    go: {
      desktop: {
        Viewings: {
          Transcription: say(''),
          Transcribe: say('transcribe'),
          StopTranscription: say('stop'),
        },
      },
    },
  });
  setActivePinia(createPinia());
});
afterEach(() => {
  unmount();
  vi.useRealTimers();
});

async function show(state: Partial<Transcription>, before = false) {
  now = { ...idle, ...state } as Transcription;
  const viewing = { id: 'v1', record: { id: 'r1' } } as unknown as Viewing;
  const wrapper = mount(
    () => h(NConfigProvider, null, () => h(CueHearing, { viewing, heard: before, onHeard: () => heard++ })),
    { global: { plugins: [i18n] }, attachTo: document.body },
  );
  unmount = () => wrapper.unmount();
  await flushPromises();
  return wrapper;
}

async function moved(job: Partial<Job>, to: Partial<Transcription>) {
  now = { ...idle, ...to } as Transcription;
  useJobs().take({ id: 'j1', kind: 'transcription', subject: 'r1', done: 0, ...job } as Job);
  await flushPromises();
  await vi.advanceTimersByTimeAsync(1100);
  await flushPromises();
}

const there = (name: string) => document.querySelector(`[data-testid="${name}"]`);

describe('words by a machine', () => {
  it('says quietly what there is not, without a button', async () => {
    await show({
      model: '',
      lack: { code: 'ingest.speech_folder', message: '', params: { dir: '/x' } } as never,
    });
    expect(there('cue-hear')).toBeNull();
    expect(there('cue-hear-absent')?.textContent).toContain('本机没有语音模型');
  });

  it('asks once, shows how far it is and how long it takes, and stops', async () => {
    await show({});
    now = { ...idle, state: 'waiting' } as Transcription;
    (there('cue-hear') as HTMLElement).click();
    await flushPromises();
    expect(asked).toEqual(['transcribe v1']);
    expect(there('cue-hear')).toBeNull();
    await moved({ state: 'running', done: 60 }, { state: 'running', done: 60, total: 600, remaining: 300 });
    expect(there('cue-hear-state')?.textContent).toContain('00:01:00 / 00:10:00');
    expect(there('cue-hear-state')?.textContent).toContain('约需 00:05:00');
    expect(document.querySelector('[role="progressbar"]')?.getAttribute('aria-valuenow')).toBe('10');
    now = { ...idle, state: 'cancelled' } as Transcription;
    (there('cue-hear-stop') as HTMLElement).click();
    await flushPromises();
    expect(asked).toEqual(['transcribe v1', 'stop v1']);
    expect(there('cue-hear')).not.toBeNull();
    expect(heard).toBe(0);
  });

  it('tells when it is done, and why when it is not', async () => {
    await show({ state: 'running' });
    await moved({ state: 'done' }, { state: 'done' });
    expect(heard).toBe(1);
    await moved({ state: 'failed' }, { state: 'failed', code: 'ingest.nothing_heard' });
    expect(document.body.textContent).toContain('没有听出说话');
    expect(there('cue-hear')).not.toBeNull();
  });

  it('is still about what failed long ago where words stand', async () => {
    await show({ state: 'failed', code: 'ingest.heard_already' }, true);
    expect(document.body.textContent).not.toContain('转写过本件');
    unmount();
    await show({ state: 'failed', code: 'ingest.speech_ended' });
    expect(document.body.textContent).toContain('机器转写没有完成');
  });

  it('asks nothing anew for the words of another recording', async () => {
    await show({ state: 'waiting' });
    now = { ...idle, state: 'done' } as Transcription;
    useJobs().take({ id: 'j2', kind: 'transcription', subject: 'r2', state: 'done', done: 0 } as Job);
    await vi.advanceTimersByTimeAsync(1100);
    await flushPromises();
    expect(there('cue-hear-state')).not.toBeNull();
  });
});
