// Traces of every earlier layout version still open, and say the same: test/fixtures/version-N.rtrace.

import { readFileSync } from 'node:fs';
import { inflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { openTrace } from '../../../core/trace/reader.ts';

const open = (version: number): ReturnType<typeof openTrace> =>
  openTrace(readFileSync(new URL(`../../fixtures/version-${String(version)}.rtrace`, import.meta.url)), (bytes, most) => inflateRawSync(bytes, { maxOutputLength: most }));

describe('a trace of version 1', () => {
  it('opens whole: events, image, checkpoints, and its own content hash', () => {
    const reader = open(1);
    expect(reader.header.formatVersion).toBe(1);
    expect(reader.notes).toEqual([]);
    expect(reader.header.files).toEqual([]);
    expect([reader.files(), reader.inputs()]).toEqual([[], []]);
    expect(reader.image()?.length).toBe(reader.header.image?.bytes);
    expect(reader.checkpoints.positions.length).toBeGreaterThan(0);
    expect(reader.contentHash).not.toBeNull();
    expect(reader.recomputeHash()).toBe(reader.contentHash);
    expect(reader.event(reader.eventCount - 1)).toMatchObject({ seq: reader.eventCount - 1 });
  });
});
