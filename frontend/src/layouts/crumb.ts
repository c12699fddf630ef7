// The last part of the crumb: what a view is about, told by the view itself.
import { onBeforeUnmount, ref, watchEffect } from 'vue';

/** crumb is the text after the view's own name, "" for none. */
export const crumb = ref('');

/** useCrumb shows the text while the view is mounted. */
export function useCrumb(text: () => string): void {
  watchEffect(() => (crumb.value = text()));
  onBeforeUnmount(() => (crumb.value = ''));
}
