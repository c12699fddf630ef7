import pluginVue from 'eslint-plugin-vue';
import { defineConfigWithVueTs, vueTsConfigs } from '@vue/eslint-config-typescript';
import importX from 'eslint-plugin-import-x';
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import vueI18n from '@intlify/eslint-plugin-vue-i18n';

export default defineConfigWithVueTs(
  { ignores: ['dist', 'wailsjs', 'node_modules', 'e2e/.out', '*.config.*'] },
  pluginVue.configs['flat/recommended'],
  vueTsConfigs.strict,
  importX.flatConfigs.typescript,
  {
    plugins: { 'import-x': importX },
    settings: { 'import-x/resolver-next': [createTypeScriptImportResolver()] },
    rules: {
      'import-x/no-cycle': 'error',
      'import-x/order': [
        'error',
        { groups: ['builtin', 'external', 'internal', ['parent', 'sibling', 'index']] },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { varsIgnorePattern: '^_', argsIgnorePattern: '^_' }],
      'vue/multi-word-component-names': 'off',
      // Prettier decides how markup is laid out.
      'vue/max-attributes-per-line': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/multiline-html-element-content-newline': 'off',
      'vue/html-self-closing': 'off',
      'vue/html-indent': 'off',
      'vue/html-closing-bracket-newline': 'off',
      'vue/require-default-prop': 'off',
    },
  },
  {
    // Words for people live in src/i18n, so that they can be read and checked in one place.
    files: ['src/**/*.{ts,vue}'],
    plugins: { '@intlify/vue-i18n': vueI18n },
    rules: {
      '@intlify/vue-i18n/no-raw-text': [
        'error',
        { ignorePattern: '^[\\d\\s/·:%—#×+?,.()（），、-]+$', ignoreText: ['', 'SHA-256', 'SM3', 'sha256'] },
      ],
    },
  },
  {
    files: ['src/**/*.{ts,vue}'],
    ignores: ['src/api/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ regex: '^#wails/|/wailsjs/', message: 'only src/api talks to the backend' }] },
      ],
    },
  },
  {
    files: ['src/player/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: [{ name: 'vue', message: 'src/player is plain TypeScript' }],
          patterns: [{ regex: '^(@|#wails)/', message: 'src/player imports nothing of the app' }],
        },
      ],
    },
  },
);
