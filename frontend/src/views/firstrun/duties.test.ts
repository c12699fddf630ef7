import { expect, it } from 'vitest';
import type { NewAccount } from '@/api/types';
import { complaints } from './duties';

const person = (number: string, ...roles: string[]): NewAccount => ({
  number,
  name: '某',
  department: '',
  roles,
  password: '12345678',
});
const three = [person('1', 'sysadmin'), person('2', 'secadmin'), person('3', 'auditor')];
const keys = (accounts: NewAccount[]) => complaints(accounts).map((complaint) => complaint.key);

it.each([
  ['three administrators are enough', three, []],
  ['a missing auditor blocks', three.slice(0, 2), ['missing']],
  ['an administrator holds no business', [...three, person('4', 'sysadmin', 'archivist')], ['mixed']],
  [
    'two administrations in one hand',
    [person('1', 'sysadmin', 'auditor'), person('2', 'secadmin')],
    ['mixed'],
  ],
  ['business roles may be joined', [...three, person('4', 'archivist', 'disclosure')], []],
  ['numbers differ', [...three, person('1', 'head')], ['sameNumber']],
  [
    'passwords have eight characters',
    [...three, { ...person('4', 'head'), password: '1234567' }],
    ['shortPassword'],
  ],
])('%s', (_name, accounts, wanted) => expect(keys(accounts)).toEqual(wanted));
