// Checks of everything the renderer sends: each parser takes the unknown arguments of one call and answers them typed,
// or throws `BadMessage` naming the call and the field. Extra fields are dropped, never passed on.
import type { CancelRecord, GivenFileRequest, RecordChangeRequest, RecordOptions, RecordRequest, SavedBreakpoint, Settings, SteerRecord } from './api.ts';
import type { Invokes } from './channels.ts';
import { count, finite, flag, list, nullable, oneOf, optional, record, refuse, text, type Check } from './check.ts';
import { LIMITS } from './limits.ts';
import { changeText, reexecuteRequest } from './parse-reexecute.ts';
import type { ImportRequest } from './import.ts';

export type Parsers = { readonly [K in keyof Invokes]: (args: readonly unknown[]) => Parameters<Invokes[K]> };

const id = text(LIMITS.id);
const address = count(Number.MAX_SAFE_INTEGER);

const recordOptions: Check<RecordOptions> = (value, what) => {
  const from = record(value, what);
  return {
    format: oneOf('auto', 'flat', 'elf', 'boot', 'rom', 'multiboot', 'multiboot2', 'linux', 'pvh')(from['format'], `${what}.format`),
    ...optional(from, 'memory', count(2 ** 32), what),
    ...optional(from, 'maxInstructions', address, what),
    ...optional(from, 'maxEvents', address, what),
    ...optional(from, 'cpuModel', id, what),
    ...optional(from, 'org', address, what),
    ...optional(from, 'entry', address, what),
    ...optional(from, 'append', text(LIMITS.commandLine), what),
    ...optional(from, 'live', flag, what),
  };
};

const givenFile: Check<GivenFileRequest> = (value, what) => {
  const from = record(value, what), argument = from['argument'];
  return {
    role: oneOf('initrd', 'disk', 'symbols')(from['role'], `${what}.role`), token: id(from['token'], `${what}.token`),
    argument: argument === '' ? '' : text(LIMITS.commandLine)(argument, `${what}.argument`),
  };
};

const steerRecord: Check<SteerRecord> = (value, what) => {
  const from = record(value, what), jobId = id(from['jobId'], `${what}.jobId`);
  const kind = oneOf('pause', 'resume', 'input')(from['kind'], `${what}.kind`);
  if (kind !== 'input') return { jobId, kind };
  return { jobId, kind, device: oneOf('keyboard', 'com1')(from['device'], `${what}.device`), text: text(LIMITS.inputBytes / 4)(from['text'], `${what}.text`) };
};

const recordRequest: Check<RecordRequest> = (value, what) => {
  const from = record(value, what);
  return {
    jobId: id(from['jobId'], `${what}.jobId`),
    imageToken: id(from['imageToken'], `${what}.imageToken`),
    ...optional(from, 'files', list(givenFile, LIMITS.givenFiles), what),
    options: recordOptions(from['options'], `${what}.options`),
  };
};

const recordChangeRequest: Check<RecordChangeRequest> = (value, what) => {
  const from = record(value, what);
  return {
    jobId: id(from['jobId'], `${what}.jobId`), traceId: id(from['traceId'], `${what}.traceId`),
    seq: address(from['seq'], `${what}.seq`), change: changeText(from['change'], `${what}.change`),
  };
};

const cancelRecord: Check<CancelRecord> = (value, what) => {
  const from = record(value, what);
  return { jobId: id(from['jobId'], `${what}.jobId`), partial: oneOf('keep', 'discard')(from['partial'], `${what}.partial`) };
};

const importRequest: Check<ImportRequest> = (value, what) => {
  const from = record(value, what);
  return { jobId: id(from['jobId'], `${what}.jobId`), logToken: id(from['logToken'], `${what}.logToken`) };
};

const breakpoint: Check<SavedBreakpoint> = (value, what) => {
  const from = record(value, what);
  return {
    expression: text(LIMITS.expression)(from['expression'], `${what}.expression`),
    name: nullable(text(LIMITS.id))(from['name'], `${what}.name`),
    enabled: flag(from['enabled'], `${what}.enabled`),
  };
};

const panes: Check<Readonly<Record<string, number>>> = (value, what) => {
  const entries = Object.entries(record(value, what));
  if (entries.length > LIMITS.panes) refuse(what, `at most ${String(LIMITS.panes)} panes`);
  return Object.fromEntries(entries.map(([name, size]) => [id(name, what), finite(size, `${what}.${name}`)]));
};

/** Settings or a part of them, from the renderer or from settings.json. */
export const settingsChange: Check<Partial<Settings>> = (value, what) => {
  const from = record(value, what);
  return {
    ...optional(from, 'theme', oneOf('system', 'light', 'dark'), what),
    ...optional(from, 'panes', panes, what),
    ...optional(from, 'breakpoints', list(breakpoint, LIMITS.breakpoints), what),
  };
};

/** recents.json, without what is computed. */
export type SavedRecent = { readonly id: string; readonly path: string; readonly openedAt: number };
export const savedRecents: Check<readonly SavedRecent[]> = list((value, what) => {
  const from = record(value, what);
  return { id: id(from['id'], `${what}.id`), path: text(LIMITS.path)(from['path'], `${what}.path`), openedAt: finite(from['openedAt'], `${what}.openedAt`) };
}, LIMITS.recents);

/** Arguments of every call, in the contract's order. */
export const PARSERS: Parsers = {
  samples: () => [],
  openSample: (args) => [id(args[0], 'openSample')],
  openDialog: () => [],
  recents: () => [],
  openRecent: (args) => [id(args[0], 'openRecent')],
  forgetRecent: (args) => [id(args[0], 'forgetRecent')],
  saveTraceAs: (args) => [id(args[0], 'saveTraceAs')],
  closeTrace: (args) => [id(args[0], 'closeTrace')],
  recordDialog: () => [],
  recordFileDialog: () => [],
  record: (args) => [recordRequest(args[0], 'record')],
  recordChange: (args) => [recordChangeRequest(args[0], 'recordChange')],
  steerRecord: (args) => [steerRecord(args[0], 'steerRecord')],
  cancelRecord: (args) => [cancelRecord(args[0], 'cancelRecord')],
  symbolsDialog: () => [],
  importDialog: () => [],
  importLog: (args) => [importRequest(args[0], 'importLog')],
  cancelImport: (args) => [id(args[0], 'cancelImport')],
  reexecute: (args) => [id(args[0], 'reexecute'), reexecuteRequest(args[1], 'reexecute')],
  settings: () => [],
  saveSettings: (args) => [settingsChange(args[0], 'saveSettings')],
  platform: () => [],
  openPath: (args) => [text(LIMITS.path)(args[0], 'openPath')],
  symbolsPath: (args) => [text(LIMITS.path)(args[0], 'symbolsPath')],
  imagePath: (args) => [text(LIMITS.path)(args[0], 'imagePath')],
};
