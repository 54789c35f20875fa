// The gallery's pages: front matter and lesson, and every page in traces/ is one the gallery can show.
import { expect, test } from 'vitest';
import { join } from 'node:path';
import { sampleOf, SampleStore } from '../../../app/main/samples.ts';
import { root } from '../architecture/source-files.ts';

test('front matter becomes fields, the rest is the page', () => {
  const text = '---\ntitle: A title: with colon\nteaches: One thing.\norder: 3\ntags: [fault, "#GP"]\nevents: 12\n---\n# Heading\n\nText.\n';
  expect(sampleOf('name', text, { hasTrace: true })).toEqual({
    name: 'name', title: 'A title: with colon', teaches: 'One thing.', order: 3, tags: ['fault', '#GP'], hasTrace: true, events: 12, page: '# Heading\n\nText.',
  });
});

test('without front matter the heading is the title; a page without either is no sample', () => {
  expect(sampleOf('name', '# Heading\n\nText.', { hasTrace: false })).toMatchObject({ title: 'Heading', teaches: '', tags: [], events: null });
  expect(sampleOf('name', 'Text.', { hasTrace: false })).toBeNull();
});

test('the samples of the project are complete and in order', async () => {
  const samples = await new SampleStore(join(root, 'traces')).list();
  expect(samples.length).toBeGreaterThanOrEqual(7);
  for (const sample of samples) {
    expect(sample, sample.name).toMatchObject({ title: expect.stringMatching(/\w/) as string, teaches: expect.stringMatching(/\w/) as string });
    expect(sample.tags.length, sample.name).toBeGreaterThan(0);
  }
  expect(samples.map(({ order }) => order)).toEqual(samples.map((_, index) => index + 1));
});

test('a name that is no plain word names no file', () => {
  const store = new SampleStore(join(root, 'traces'));
  expect(['../package', 'a/b', '', 'README', '.hidden'].map((name) => store.traceFile(name))).toEqual([null, null, null, null, null]);
});
