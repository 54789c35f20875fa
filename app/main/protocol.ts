// `app://bundle/…`: the renderer's files from the bundle, and `/trace/<id>`: the bytes of a trace main has opened.
import { protocol } from 'electron';
import { readFile } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import { Readable } from 'node:stream';
import type { TraceStore } from './traces.ts';
import { HEADERS } from './security.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8',
  '.json': 'application/json', '.map': 'application/json', '.svg': 'image/svg+xml', '.png': 'image/png', '.woff2': 'font/woff2',
};

/** Before the app is ready. */
export function registerScheme(): void {
  protocol.registerSchemesAsPrivileged([{ scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true, codeCache: true } }]);
}

/** `folder` is dist/renderer. */
export function serve({ folder, traces }: { readonly folder: string; readonly traces: TraceStore }): void {
  protocol.handle('app', async (request) => {
    const url = new URL(request.url);
    if (url.host !== 'bundle') return refusal(404);
    const trace = /^\/trace\/([\w-]+)$/.exec(url.pathname)?.[1];
    if (trace !== undefined) return traceBytes(traces, trace);
    return bundled(folder, url.pathname === '/' ? '/index.html' : decodeURIComponent(url.pathname));
  });
}

async function bundled(folder: string, pathname: string): Promise<Response> {
  const file = join(folder, pathname);
  const type = TYPES[extname(file)];
  if (!file.startsWith(folder + sep) || type === undefined) return refusal(403);
  try {
    return new Response(await readFile(file), { headers: { ...HEADERS, 'Content-Type': type } });
  } catch {
    return refusal(404);
  }
}

function traceBytes(traces: TraceStore, id: string): Response {
  const found = traces.stream(id);
  if (found === null) return refusal(404);
  const headers = { ...HEADERS, 'Content-Type': 'application/octet-stream', 'Content-Length': String(found.bytes), 'Cache-Control': 'no-store' };
  // Node's web stream and the DOM's are one class at run time and two in the type libraries.
  return new Response(Readable.toWeb(found.body) as unknown as BodyInit, { headers });
}

const refusal = (status: number): Response => new Response(null, { status, headers: HEADERS });
