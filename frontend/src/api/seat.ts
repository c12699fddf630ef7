// The face of the seat: archive, sign-in.
// Arguments are cast because the generated classes carry methods and the bridge takes plain data.
import * as face from '#wails/go/desktop/Seat';
import { call } from './errors';
import type { Engine, Founding, Helpers, Station } from './types';

export const state = () => call<Station>(() => face.State());
export const found = (founding: Founding) => call<Station>(() => face.Found(founding as never));
export const open = (dir: string) => call<Station>(() => face.Open(dir));
/** accept opens an archive whose log went back, on the word of one who may make backups. */
export const accept = (number: string, password: string, reason: string) =>
  call<Station>(() => face.Accept(number, password, reason));
export const signIn = (number: string, password: string) =>
  call<Station>(() => face.SignIn(number, password));
export const lock = () => call<Station>(() => face.Lock());
export const unlock = (password: string) => call<Station>(() => face.Unlock(password));
/** active says that somebody is there who calls nothing: reads, or scrolls. */
export const active = () => call<undefined>(() => face.Active() as never);
export const signOut = () => call<Station>(() => face.SignOut());
export const changePassword = (old: string, fresh: string) =>
  call<Station>(() => face.ChangePassword(old, fresh));
export const chooseFolder = (title: string) => call<string>(() => face.ChooseFolder(title));
export const engines = () => call<Engine[]>(() => face.Engines());
/** helpers says what this machine has to read papers with. */
export const helpers = () => call<Helpers>(() => face.Helpers());
export const legalText = (key: string) => call<string>(() => face.LegalText(key));
