// Before end-to-end tests: the app they start is built from the sources as they are.
import { APP, buildIfStale } from '../../scripts/build.mjs';

export async function setup(): Promise<void> {
  await buildIfStale(APP);
}
