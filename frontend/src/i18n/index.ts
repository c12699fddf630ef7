// Words for people. One file a view in zh-CN; a file's name is the first key:
// zh-CN/search.json holds the words of search.*
import { createI18n } from 'vue-i18n';

type Messages = Record<string, Record<string, unknown>>;

const files = import.meta.glob<Record<string, unknown>>('./zh-CN/*.json', { eager: true, import: 'default' });

/** messages is all of zh-CN, by file name. */
export const messages: Messages = Object.fromEntries(
  Object.entries(files).map(([path, words]) => [path.replace(/^.*\/|\.json$/g, ''), words]),
);

export const i18n = createI18n({
  legacy: false,
  locale: 'zh-CN',
  fallbackLocale: 'zh-CN',
  messages: { 'zh-CN': messages as never },
  missingWarn: import.meta.env.DEV,
});

/** t is for code outside components; components use useI18n(). */
const global = i18n.global as unknown as {
  t: (key: string, values?: object) => string;
  te: (key: string) => boolean;
};

export const t = (key: string, values: Record<string, unknown> = {}): string => global.t(key, values);

/** words is t for a key that may be missing: "" then. */
export function words(key: string, values: Record<string, unknown> = {}): string {
  return global.te(key) ? t(key, values) : '';
}
