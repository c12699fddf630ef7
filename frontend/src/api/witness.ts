// The face of the register, for what leaves the house: witnesses and exports of the log.
import * as face from '#wails/go/desktop/Register';
import { call } from './errors';
import type { KeyState, LogExport, Witness, WitnessSheet } from './types';

export const witnesses = () => call<Witness[]>(() => face.Witnesses() as never);
export const makeSheet = (dir: string) => call<WitnessSheet>(() => face.MakeSheet(dir));
export const fileWitness = (size: number, place: string) =>
  call<Witness>(() => face.FileWitness(size, place) as never);
export const carryCheckpoint = (dir: string) => call<string>(() => face.CarryCheckpoint(dir));
export const exportLog = (dir: string) => call<LogExport>(() => face.ExportLog(dir));

/** key says what signs the log, where the secret half lies, and where the marks lie. */
export const key = () => call<KeyState>(() => face.Key() as never);
export const changeKey = (reason: string) => call<undefined>(() => face.ChangeKey(reason) as never);
/** setSecondMedium keeps a second mark in a folder; '' gives it up. */
export const setSecondMedium = (dir: string) => call<undefined>(() => face.SetSecondMedium(dir) as never);
/** cosign signs another workstation's checkpoint and gives the answer's path. */
export const cosign = (path: string, otherKey: string) => call<string>(() => face.Cosign(path, otherKey));
export const importCosignature = (path: string, otherKey: string) =>
  call<Witness>(() => face.ImportCosignature(path, otherKey) as never);
