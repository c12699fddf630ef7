// The separation of duties, as the first-run form explains it before the
// backend enforces it (articles 18, 19; three administrators apart).
import type { NewAccount } from '@/api/types';

/** The three administrators: three people, and none of them in business. */
export const administrators = ['sysadmin', 'secadmin', 'auditor'];

/** Business roles in the order of the register. */
export const business = [
  'head',
  'archivist',
  'reviewer',
  'disclosure',
  'checker',
  'secrecy',
  'officer',
  'supervisor',
];

/** Longest first: shorter passwords are refused by the backend too. */
export const shortestPassword = 8;

/** Complaint is what stands in the way; account is an index, -1 for the whole list. */
export interface Complaint {
  key: string;
  account: number;
  role?: string;
}

/** complaints lists what must be put right before the archive can be founded. */
export function complaints(accounts: NewAccount[]): Complaint[] {
  const found: Complaint[] = [];
  const numbers = new Map<string, number>();
  accounts.forEach((account, i) => {
    const number = account.number.trim();
    if (number === '') found.push({ key: 'noNumber', account: i });
    else if (numbers.has(number)) found.push({ key: 'sameNumber', account: i });
    numbers.set(number, i);
    if (account.name.trim() === '') found.push({ key: 'noName', account: i });
    if (account.roles.length === 0) found.push({ key: 'noRole', account: i });
    if (account.password.length < shortestPassword) found.push({ key: 'shortPassword', account: i });
    if (mixes(account.roles)) found.push({ key: 'mixed', account: i });
  });
  for (const role of administrators) {
    if (!accounts.some((account) => account.roles.includes(role)))
      found.push({ key: 'missing', account: -1, role });
  }
  return found;
}

// An administrator holds nothing else, neither business nor a second administration.
export function mixes(roles: string[]): boolean {
  return roles.length > 1 && roles.some((role) => administrators.includes(role));
}
