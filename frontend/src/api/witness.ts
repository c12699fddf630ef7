// The face of the register, for what leaves the house: witnesses and exports of the log.
import * as face from '#wails/go/desktop/Register';
import { call } from './errors';
import type { LogExport, Witness, WitnessSheet } from './types';

export const witnesses = () => call<Witness[]>(() => face.Witnesses() as never);
export const makeSheet = (dir: string) => call<WitnessSheet>(() => face.MakeSheet(dir));
export const fileWitness = (size: number, place: string) =>
  call<Witness>(() => face.FileWitness(size, place) as never);
export const carryCheckpoint = (dir: string) => call<string>(() => face.CarryCheckpoint(dir));
export const exportLog = (dir: string) => call<LogExport>(() => face.ExportLog(dir));
