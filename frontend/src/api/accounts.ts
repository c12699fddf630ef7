// The face of accounts.
// Arguments are cast because the generated classes carry methods and the bridge takes plain data.
import * as face from '#wails/go/desktop/Accounts';
import { call } from './errors';
import type { Account, Exception, ExceptionRequest, NewAccount, Shortage } from './types';

export const list = () => call<Account[]>(() => face.List());
export const add = (fresh: NewAccount) => call<Account>(() => face.Add(fresh as never));
export const grant = (id: string, duties: string[]) => call<Account>(() => face.Grant(id, duties));
/** reset gives a one-time password, told this once and confirmed by another administrator. */
export const reset = (id: string) => call<string>(() => face.Reset(id));
export const confirmReset = (id: string) => call<undefined>(() => face.ConfirmReset(id));
export const setDisabled = (id: string, disabled: boolean, reason: string) =>
  call<undefined>(() => face.SetDisabled(id, disabled, reason));
/** shortages lists the duties for which there are too few people. */
export const shortages = () => call<Shortage[]>(() => face.Shortages());
/** exceptions lists what the heads of agency allowed in writing. */
export const exceptions = () => call<Exception[]>(() => face.Exceptions());
export const allowReviewOwn = (request: ExceptionRequest) =>
  call<Exception>(() => face.AllowReviewOwn(request as never));
export const revokeException = (id: string, reason: string) =>
  call<undefined>(() => face.RevokeException(id, reason));
export const roles = () => call<string[]>(() => face.Roles());
