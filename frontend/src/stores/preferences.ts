// What a person likes, kept per account on this machine. Never anything of a case.
import { defineStore } from 'pinia';
import { computed, ref, watch } from 'vue';
import { usePreferredDark } from '@vueuse/core';

export type ThemeChoice = 'system' | 'light' | 'dark';

const key = (account: string) => `diaoyue.preferences.${account || 'nobody'}`;

export const usePreferences = defineStore('preferences', () => {
  const account = ref('');
  const theme = ref<ThemeChoice>('system');
  const systemDark = usePreferredDark();
  const dark = computed(() => theme.value === 'dark' || (theme.value === 'system' && systemDark.value));

  /** load takes up the choices of an account; "" is the sign-in screen. */
  function load(number: string) {
    account.value = number;
    theme.value = read(number);
  }

  function toggleTheme() {
    theme.value = dark.value ? 'light' : 'dark';
  }

  watch(theme, (choice) => localStorage.setItem(key(account.value), JSON.stringify({ theme: choice })));
  watch(dark, (on) => (document.documentElement.dataset['theme'] = on ? 'dark' : 'light'), {
    immediate: true,
    flush: 'sync',
  });

  load('');
  return { theme, dark, load, toggleTheme };
});

function read(number: string): ThemeChoice {
  try {
    const kept = JSON.parse(localStorage.getItem(key(number)) ?? '{}') as { theme?: ThemeChoice };
    return kept.theme ?? 'system';
  } catch {
    return 'system';
  }
}
