// Records an image the way the page does, without its buttons: chosen as a file, recorded in a worker, opened, executed again.
import type { OpenedTrace } from '../../app/contract/api.ts';
import type { Running } from './harness.ts';

export type BridgeRecording = {
  readonly progress: number;
  readonly name: OpenedTrace['name'];
  /** True when exactly the trace's bytes could be fetched. */
  readonly fetched: boolean;
  /** Kind of the re-executor's reply; and its whole reply after the trace was closed. */
  readonly kind: string;
  readonly closed: object;
};

export async function recordThroughBridge({ page }: Running, image: string): Promise<BridgeRecording> {
  await page.evaluate(() => { document.body.append(Object.assign(document.createElement('input'), { type: 'file', id: 'image' })); });
  await page.locator('#image').setInputFiles(image);
  return page.evaluate(async () => {
    const { ringscope } = window;
    const file = document.querySelector<HTMLInputElement>('#image')?.files?.[0];
    const chosen = await ringscope.imageFile(file ?? new File([], 'none'));
    if (chosen.kind !== 'chosen') throw new Error(JSON.stringify(chosen));
    let progress = 0;
    ringscope.onRecordProgress(({ jobId, instructions }) => { if (jobId === 'job') progress = instructions; });
    const opened = await ringscope.record({ jobId: 'job', imageToken: chosen.image.token, options: { format: 'auto' } });
    if (opened.kind !== 'opened') throw new Error(JSON.stringify(opened));
    const bytes = await (await fetch(opened.trace.url)).arrayBuffer();
    const reply = await ringscope.reexecute(opened.trace.id, { kind: 'moment', at: { icount: 10, iteration: 0, seq: 0 } });
    await ringscope.closeTrace(opened.trace.id);
    const closed = await ringscope.reexecute(opened.trace.id, { kind: 'verify' });
    return { progress, name: opened.trace.name, fetched: bytes.byteLength === opened.trace.bytes, kind: reply.kind, closed };
  });
}
