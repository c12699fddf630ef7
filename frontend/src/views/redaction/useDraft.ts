// The plan in the making: undo, names, saving by itself, and submitting.
import { computed, onBeforeUnmount, ref, shallowRef, triggerRef } from 'vue';
import * as redaction from '@/api/redaction';
import type { CopySummary, Draft } from '@/api/types';
import { sentenceOf, type Sentence } from '@/i18n/faults';
import { History } from '@/player/history';
import { emptyPlan, missing, type Plan } from '@/player/tracks';

const SAVE_MS = 600;

/** Made is the plan with the display names of its tracks. */
export interface Made {
  plan: Plan;
  names: Record<string, string>;
}

export type DraftDesk = ReturnType<typeof useDraft>;

/** useDraft keeps a draft of the record with this original digest. */
export function useDraft(start: Draft, sha256: string) {
  const history = new History<Made>(read(start, sha256));
  const made = shallowRef<Made>(history.value);
  const draft = shallowRef<Draft>(start);
  const saving = ref(false);
  const dirty = ref(false);
  const fault = shallowRef<Sentence | null>(null);
  const copy = shallowRef<CopySummary | null>(null);
  const submitting = ref(false);
  const steps = ref({ undo: false, redo: false });
  let timer = 0;
  let poll = 0;
  let queue: Promise<void> = Promise.resolve();

  const plan = computed(() => made.value.plan);
  /** What was handed in is what will be approved: it is changed no more. */
  const locked = computed(() => submitting.value || copy.value !== null);
  const lacks = computed(() => missing(plan.value));

  function show() {
    made.value = history.value;
    triggerRef(made);
    steps.value = { undo: history.canUndo, redo: history.canRedo };
    dirty.value = true;
    window.clearTimeout(timer);
    timer = window.setTimeout(() => void save(), SAVE_MS);
  }

  /** edit makes the next plan out of the present one; acts with one tag in a row are one step. */
  function edit(act: (plan: Plan) => Plan, tag = '') {
    if (locked.value) return;
    const next = act(plan.value);
    if (next === plan.value) return;
    history.push({ ...history.value, plan: next }, tag);
    show();
  }

  function rename(id: string, name: string) {
    if (locked.value) return;
    history.push({ ...history.value, names: { ...history.value.names, [id]: name } }, 'name ' + id);
    show();
  }

  /** addNamed adds a track and its name in one step. */
  function addNamed(act: (plan: Plan) => Plan, id: string, name: string) {
    if (locked.value) return;
    history.push({ plan: act(plan.value), names: { ...history.value.names, [id]: name } });
    show();
  }

  /** save writes the newest plan; of overlapping wishes each is written after the other. */
  function save(): Promise<void> {
    window.clearTimeout(timer);
    queue = queue.then(async () => {
      if (!dirty.value) return;
      saving.value = true;
      dirty.value = false;
      try {
        draft.value = await redaction.saveDraft({
          ...draft.value,
          plan: JSON.stringify(plan.value),
          names: JSON.stringify(made.value.names),
        });
        fault.value = null;
      } catch (cause) {
        dirty.value = true;
        fault.value = sentenceOf(cause);
      } finally {
        saving.value = false;
      }
    });
    return queue;
  }

  /** submit saves and hands the draft in; the copy's making is followed until it ends. */
  async function submit(): Promise<boolean> {
    submitting.value = true;
    try {
      await save();
      if (dirty.value) return false;
      copy.value = await redaction.submit(draft.value.id);
      follow();
      return true;
    } catch (cause) {
      fault.value = sentenceOf(cause);
      return false;
    } finally {
      submitting.value = false;
    }
  }

  function follow() {
    poll = window.setTimeout(async () => {
      const id = copy.value?.id;
      if (!id) return;
      const now = await redaction.copy(id).catch(() => null);
      if (now) copy.value = now.summary;
      if (copy.value?.state === 'making') follow();
    }, 700);
  }

  onBeforeUnmount(() => {
    window.clearTimeout(poll);
    void save();
  });

  return {
    made,
    plan,
    lacks,
    draft,
    saving,
    dirty,
    fault,
    copy,
    submitting,
    locked,
    steps,
    edit,
    rename,
    addNamed,
    save,
    submit,
    settle: () => history.settle(),
    undo: () => void (locked.value || (history.undo(), show())),
    redo: () => void (locked.value || (history.redo(), show())),
  };
}

function read(draft: Draft, sha256: string): Made {
  const fresh = emptyPlan(sha256 ? 'sha256:' + sha256 : '');
  try {
    const kept = JSON.parse(draft.plan || '{}') as Partial<Plan>;
    const names = JSON.parse(draft.names || '{}') as Record<string, string>;
    const plan: Plan = {
      ...fresh,
      original: kept.original || fresh.original,
      tracks: kept.tracks ?? [],
      mutes: (kept.mutes ?? []).map((mute) => ({
        ...mute,
        ground: mute.ground ?? '',
        reason: mute.reason ?? '',
      })),
    };
    return { plan, names };
  } catch {
    return { plan: fresh, names: {} };
  }
}
