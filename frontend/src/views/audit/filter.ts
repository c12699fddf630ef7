// The filters of register and log in an address, so that paper, workbook and
// table speak of the same rows.
import type { LocationQuery } from 'vue-router';
import type { LogFilter, RegisterFilter } from '@/api/types';

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

const logKeys = ['result', 'object', 'from', 'to'] as const;
const logLists = ['events', 'accounts'] as const;

/** logFilterFrom reads a filter of the log out of an address. */
export function logFilterFrom(query: LocationQuery): LogFilter {
  const filter: LogFilter = {
    events: [],
    accounts: [],
    result: '',
    object: '',
    from: '',
    to: '',
    before: 0,
    limit: 0,
  };
  for (const key of logKeys) if (typeof query[key] === 'string') filter[key] = query[key];
  for (const key of logLists)
    filter[key] = [query[key] ?? []].flat().filter((value) => typeof value === 'string');
  return filter;
}

/** logQueryOf writes what is set of a filter of the log into an address. */
export const logQueryOf = (
  filter: Pick<LogFilter, (typeof logKeys)[number] | (typeof logLists)[number]>,
): Record<string, string | string[]> => ({
  ...Object.fromEntries(logKeys.map((key) => [key, filter[key]] as const).filter(([, value]) => value)),
  ...Object.fromEntries(
    logLists.map((key) => [key, filter[key]] as const).filter(([, value]) => value.length),
  ),
});
