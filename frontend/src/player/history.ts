// Undo and redo of whole values. Acts with the same tag in a row (a drag, a
// word being typed) make one step.

export class History<T> {
  private past: T[] = [];
  private future: T[] = [];
  private tag = '';

  constructor(
    private present: T,
    private readonly limit = 200,
  ) {}

  get value(): T {
    return this.present;
  }

  get canUndo(): boolean {
    return this.past.length > 0;
  }

  get canRedo(): boolean {
    return this.future.length > 0;
  }

  /** push makes `next` the present; the same non-empty tag as before adds to the same step. */
  push(next: T, tag = ''): void {
    if (next === this.present) return;
    if (!tag || tag !== this.tag) this.past = [...this.past.slice(1 - this.limit), this.present];
    this.present = next;
    this.future = [];
    this.tag = tag;
  }

  /** settle ends a step, so that the next act with the same tag is a new one. */
  settle(): void {
    this.tag = '';
  }

  undo(): T {
    const before = this.past.pop();
    if (before !== undefined) {
      this.future.push(this.present);
      this.present = before;
    }
    this.tag = '';
    return this.present;
  }

  redo(): T {
    const after = this.future.pop();
    if (after !== undefined) {
      this.past.push(this.present);
      this.present = after;
    }
    this.tag = '';
    return this.present;
  }
}
