// Ctrl+K from anywhere: the search view watches this count and takes the focus.
import type { InjectionKey, Ref } from 'vue';

export const searchFocus: InjectionKey<Ref<number>> = Symbol('search focus');
