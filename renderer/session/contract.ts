// The types of the bridge, for features: they know the session, not the bridge.

export type { Api, ChosenImage, ImageFormat, RecentTrace, RecordOptions, RecordProgress, SampleInfo, Theme } from '../../app/contract/api.ts';
