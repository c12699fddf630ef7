// The face of accounts.
// Arguments are cast because the generated classes carry methods and the bridge takes plain data.
import * as face from '#wails/go/desktop/Accounts';
import { call } from './errors';
import type { Account, NewAccount } from './types';

export const list = () => call<Account[]>(() => face.List());
export const add = (fresh: NewAccount) => call<Account>(() => face.Add(fresh as never));
export const roles = () => call<string[]>(() => face.Roles());
