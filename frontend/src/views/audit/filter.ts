// The register's filter in an address, so that paper, workbook and table speak
// of the same rows.
import type { LocationQuery } from 'vue-router';
import type { RegisterFilter } from '@/api/types';

/** emptyFilter selects all. */
export const emptyFilter = (): RegisterFilter => ({
  from: '',
  to: '',
  account: '',
  purpose: '',
  text: '',
  recordId: '',
  close: '',
  result: '',
  before: 0,
  limit: 0,
});

const keys = ['from', 'to', 'account', 'purpose', 'text', 'recordId', 'close', 'result'] as const;

/** filterFrom reads a filter out of an address. */
export function filterFrom(query: LocationQuery): RegisterFilter {
  const filter = emptyFilter();
  for (const key of keys) if (typeof query[key] === 'string') filter[key] = query[key];
  return filter;
}

/** queryOf writes what is set of a filter into an address. */
export const queryOf = (filter: RegisterFilter): Record<string, string> =>
  Object.fromEntries(keys.map((key) => [key, filter[key]]).filter(([, value]) => value));
