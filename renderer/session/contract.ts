// What features may know of the bridge: these types, under the session's name. They never call the bridge themselves.

import type * as bridge from '../../app/contract/api.ts';
import type * as importing from '../../app/contract/import.ts';

export type Api = bridge.Api;
export type ChosenImage = bridge.ChosenImage;
export type GivenFileRole = bridge.GivenFileRole;
export type ImageFormat = bridge.ImageFormat;
export type RecentTrace = bridge.RecentTrace;
export type RecordOptions = bridge.RecordOptions;
export type RecordProgress = bridge.RecordProgress;
export type SampleInfo = bridge.SampleInfo;
export type OpenedTrace = bridge.OpenedTrace;
export type ChosenLog = importing.ChosenLog;
export type ImportProgress = importing.ImportProgress;
export type ImportReport = importing.ImportReport;
export type LineClass = importing.LineClass;
