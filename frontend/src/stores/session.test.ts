import { createPinia, setActivePinia } from 'pinia';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Station } from '@/api/types';
import { usePreferences } from './preferences';
import { useSession } from './session';

const station = (number: string, permissions: string[]): Station =>
  ({
    state: 'ready',
    archive: { dir: '/a', organ: '', fonds: '', keyPlace: '', public: '' },
    account: number
      ? { id: number, number, name: '周明', department: '', roles: ['reviewer'], locked: false }
      : null,
    permissions,
    head: { size: 7, root: 'ab', sinceWitness: 2 },
    holder: '',
    version: '',
  }) as unknown as Station;

beforeEach(() => {
  localStorage.clear();
  setActivePinia(createPinia());
});

describe('session', () => {
  it('knows what the account may do', () => {
    const session = useSession();
    session.take(station('0217', ['search', 'view']));
    expect(session.may('search')).toBe(true);
    expect(session.may('approve')).toBe(false);
    expect(session.mayAny('approve', 'view')).toBe(true);
    expect(session.head.size).toBe(7);
  });
  it('forgets the open viewing and the verdict on the log when another account sits down', () => {
    const session = useSession();
    session.take(station('0217', []));
    session.enterViewing({ id: 'v', number: 'S-1', purpose: 'planned', basis: '', seq: 1, frames: 0 });
    session.verified = true;
    session.take(station('', []));
    expect(session.viewing).toBeNull();
    expect(session.verified).toBeNull();
  });
});

describe('preferences', () => {
  it('are kept per account and set the theme', async () => {
    const preferences = usePreferences();
    preferences.load('0217');
    preferences.theme = 'dark';
    await Promise.resolve();
    expect(document.documentElement.dataset['theme']).toBe('dark');
    preferences.load('0203');
    expect(preferences.theme).toBe('system');
    preferences.load('0217');
    expect(preferences.theme).toBe('dark');
  });
});
