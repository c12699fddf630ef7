import { describe, expect, it } from 'vitest';
import { bytes, clock, count, date, dateTime, frameNumber, grouped, percent, shortDigest } from './format';

describe('format', () => {
  it.each([
    [766.52, false, '00:12:46'],
    [766.52, true, '00:12:46.520'],
    [59.9996, true, '00:01:00.000'],
    [0, false, '00:00:00'],
    [-1, false, '—'],
    [null, false, '—'],
  ])('clock %s', (seconds, millis, text) => expect(clock(seconds, millis)).toBe(text));
  it.each([
    [0, '0%'],
    [0.0001, '0.1%'],
    [0.6344, '63.4%'],
    [0.99999, '99.9%'],
    [1, '100%'],
  ])('percent %s never claims more than was shown', (share, text) => expect(percent(share)).toBe(text));
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [217_600, '218 kB'],
    [999_999, '1.0 MB'],
    [18_000_000_000, '18.0 GB'],
    [-1, '—'],
  ])('bytes %s', (n, text) => expect(bytes(n)).toBe(text));
  it('frames are counted from 1 on the glass', () => expect(frameNumber(0)).toBe('1'));
  it('counts have commas', () => expect(count(63450)).toBe('63,450'));
  it('times are told in Beijing time', () => {
    expect(dateTime('2026-11-23T16:30:00Z')).toBe('2026-11-24 00:30');
    expect(date('2026-11-23')).toBe('2026-11-23');
    expect(dateTime('')).toBe('—');
    expect(dateTime('nonsense')).toBe('—');
  });
  it('digests', () => {
    expect(grouped('a'.repeat(16))).toBe('aaaaaaaa aaaaaaaa');
    expect(shortDigest('4c9e07d2' + '0'.repeat(52) + 'a17b')).toBe('4c9e 07d2 … a17b');
  });
});
