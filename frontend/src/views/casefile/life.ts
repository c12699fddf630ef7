// A record's life on paper: receive → store → describe → check → view → redact
// → release → retire, each with person, time, digest and log position (F06).
import type { HistoryItem, Life, Paper } from '@/api/types';
import { t } from '@/i18n';
import { bytes, count, dateTime, dateTimeSeconds, grouped, NONE, shortDigest } from '@/i18n/format';
import { words } from '@/i18n';
import { eventName, factLine } from '@/views/audit/facts';

const stages: Record<string, string[]> = {
  receive: ['accession', 'transfer'],
  store: ['ingestion', 'message digest calculation', 'replication'],
  describe: ['description', 'metadata modification', 'extraction', 'format identification', 'annotation'],
  check: ['fixity check', 'recovery', 'virus check', 'digital signature validation'],
  view: ['displaying', 'serving', 'shown', 'viewing-closed', 'renumbering', 'printing', 'search'],
  redact: ['redaction', 'draft', 'submission', 'check', 'check-rejection'],
  release: ['approval', 'rejection', 'withdrawal', 'dissemination', 'exporting'],
  retire: ['deaccession', 'quarantine', 'policy assignment'],
};

/** stageOf says in which part of its life an event falls. */
export const stageOf = (event: string): string =>
  Object.entries(stages).find(([, events]) => events.includes(event))?.[0] ?? 'other';

/** Rows on the first sheet, under the record's own lines, and on each other one; all are 10 mm high. */
export const FIRST = 21;
export const MORE = 24;
const HEIGHT = 10;

const digestOf = (item: HistoryItem): string => {
  const { sha256 = '', root = '' } = item.facts;
  return sha256 || root ? shortDigest(sha256 || root) : NONE;
};

/** factsOf leaves out what has a column of its own, and keeps two lines of the rest. */
function factsOf(item: HistoryItem): string {
  const { sha256: _s, sm3: _m, root: _r, ...rest } = item.facts;
  const said = factLine(rest);
  const result = item.result === 'ok' ? '' : words('audit.result.' + item.result) || item.result;
  const text = [result, said === NONE ? '' : said].filter(Boolean).join('，') || NONE;
  return text.length > 44 ? text.slice(0, 43) + '…' : text;
}

const row = (item: HistoryItem) => ({
  height: HEIGHT,
  cells: [
    t('life.stage.' + stageOf(item.event)),
    '#' + count(item.seq),
    dateTimeSeconds(item.at),
    eventName(item.event),
    item.actor || t('life.system'),
    factsOf(item),
    digestOf(item),
  ],
});

/** lifePaper lays a life out on sheets of A4. */
export function lifePaper(life: Life): Paper {
  const rows = life.items.map(row);
  const sheets = [rows.slice(0, FIRST)];
  for (let at = FIRST; at < rows.length; at += MORE) sheets.push(rows.slice(at, at + MORE));
  const { record } = life;
  const columns = (
    [
      ['stage', 13],
      ['seq', 17],
      ['at', 30],
      ['event', 22],
      ['who', 18],
      ['facts', 62],
      ['digest', 28],
    ] as const
  ).map(([key, width]) => ({ title: t('life.column.' + key), width, right: false }));
  return {
    title: t('life.title'),
    landscape: false,
    under: [
      t('life.record', { title: record.title, code: record.code || NONE }),
      t('life.case', { title: record.caseTitle, code: record.caseCode }),
      t('life.file', {
        name: record.fileName,
        size: bytes(record.size),
        at: dateTime(record.storedAt),
        by: record.storedBy,
      }),
      t('life.digests', { sha256: grouped(record.sha256) }),
      t('life.sm3', { sm3: grouped(record.sm3) }),
    ],
    columns,
    pages: sheets.map((each, i) => ({ number: i + 1, of: sheets.length, rows: each })),
    foot: [
      t('life.note'),
      t('life.foot', { n: count(life.size), root: shortDigest(life.root) }),
      t('life.made', { organ: life.organ, by: life.by, at: dateTime(life.at), seq: count(life.seq) }),
    ],
    seq: life.seq,
  } as Paper;
}
