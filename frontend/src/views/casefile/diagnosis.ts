// Why a recording that is kept cannot be played, in words.
import type { ArchiveRecord } from '@/api/types';
import { words } from '@/i18n';
import { bytes } from '@/i18n/format';

const codecs: Record<string, string> = { h264: 'H.264', hevc: 'H.265' };

/** diagnosisText gives the sentences, "" for a recording that can be played. */
export function diagnosisText({ diagnosis }: Pick<ArchiveRecord, 'diagnosis'>): string {
  if (!diagnosis) return '';
  const codec = codecs[diagnosis.codec];
  return [
    words('casefile.diagnosis.' + diagnosis.kind) || words('casefile.diagnosis.damaged'),
    diagnosis.mediaBytes > 0 && words('casefile.diagnosis.bytes', { size: bytes(diagnosis.mediaBytes) }),
    codec && words('casefile.diagnosis.codec', { codec }),
  ]
    .filter(Boolean)
    .join('');
}
