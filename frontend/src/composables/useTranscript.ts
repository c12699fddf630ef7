// What is spoken in the recording being viewed: its lines, the one on the
// screen, older versions of it, and every change as a new version.
import { computed, ref, shallowRef, type Ref } from 'vue';
import * as viewings from '@/api/viewings';
import type { Amendment, Cue, TranscriptLine } from '@/api/types';
import { frameAt, timeOf, type Times } from '@/player/timecode';

/** Change is an amendment without what the composable knows itself. */
export type Change = { act: string } & Partial<Omit<Amendment, 'act' | 'base'>>;

export function useTranscript(id: string, times: Ref<Times>, soundOnly: Ref<boolean>) {
  const lines = shallowRef<TranscriptLine[]>([]);
  const chosen = ref('');
  /** An older version under the eyes, null while it is the newest. */
  const older = shallowRef<TranscriptLine | null>(null);
  /** The version before the last change of this person, for taking it back. */
  const before = ref('');

  const line = computed(
    () => lines.value.find((each) => each.line === chosen.value) ?? lines.value[0] ?? null,
  );
  const shown = computed(() => older.value ?? line.value);
  const cues = computed<Cue[]>(() =>
    (shown.value?.cues ?? []).map((cue) =>
      soundOnly.value ? { ...cue, frame: frameAt(times.value, cue.from) } : cue,
    ),
  );

  async function load(): Promise<void> {
    lines.value = await viewings.transcripts(id);
  }

  function choose(which: string) {
    chosen.value = which;
    older.value = null;
    before.value = '';
  }

  const versions = () => viewings.transcriptVersions(id, line.value?.line ?? '');

  async function look(version: TranscriptLine): Promise<void> {
    older.value = version.id === line.value?.id ? null : await viewings.transcriptAt(id, version.id);
  }

  // Words may be typed only into a line of their own or into the one on the
  // screen; frames of sound alone are milliseconds for the desk.
  async function amend(change: Change): Promise<TranscriptLine> {
    const base = line.value;
    const place = (frame: number) =>
      soundOnly.value ? Math.round(timeOf(times.value, frame) * 1000) : frame;
    const made = await viewings.amend(id, {
      line: base?.line ?? '',
      number: 0,
      speaker: '',
      text: '',
      version: '',
      ...change,
      base: base?.id ?? '',
      frame: place(change.frame ?? 0),
      frameTo: place(change.frameTo ?? 0),
    });
    before.value = base?.id ?? '';
    lines.value = base
      ? lines.value.map((each) => (each.line === made.line ? made : each))
      : [made, ...lines.value];
    chosen.value = made.line;
    older.value = null;
    return made;
  }

  /** undo lets the version before the last change stand again; that is a version, too. */
  async function undo(): Promise<void> {
    if (!before.value) return;
    await amend({ act: 'restore', version: before.value });
    before.value = '';
  }

  return { lines, line, shown, older, before, cues, load, choose, versions, look, amend, undo };
}

export type Transcript = ReturnType<typeof useTranscript>;
