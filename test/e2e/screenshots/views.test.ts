// Pictures of every view, in both themes and all sizes, into test/out/screenshots; and no text may be cut off in any.
import { expect, test } from 'vitest';
import { clipped, everyView } from '../harness.ts';

test('the views', async () => {
  const cut: string[] = [];
  await everyView(async ({ page }, picture) => {
    await page.getByRole('heading', { level: 1 }).waitFor();
    await picture('gallery');
    cut.push(...await clipped(page));
  });
  expect(cut).toEqual([]);
});
