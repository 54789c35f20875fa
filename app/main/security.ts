// What the window may not do: leave its origin, open others, ask for permissions, load anything from elsewhere.
import { app, session, type IpcMainInvokeEvent } from 'electron';
import { ORIGIN } from '../contract/channels.ts';

/** No inline script, no eval, nothing remote. Style attributes are allowed: the virtual list positions its rows with them. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'", "script-src 'self'", "style-src 'self'", "style-src-attr 'unsafe-inline'", "img-src 'self' data: blob:",
  "font-src 'self'", "connect-src 'self'", "worker-src 'self'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
].join('; ');

/** Headers of every answer of `app://`: the policy, and the isolation SharedArrayBuffer needs. */
export const HEADERS = {
  'Content-Security-Policy': CONTENT_SECURITY_POLICY,
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
} as const;

/** Writing the clipboard ("copy as text") is the one permission the page has. */
const PERMITTED = 'clipboard-sanitized-write';

/** To be called once, when the app is ready. */
export function harden(): void {
  session.defaultSession.setPermissionRequestHandler((_contents, permission, answer) => { answer(permission === PERMITTED); });
  session.defaultSession.setPermissionCheckHandler((_contents, permission) => permission === PERMITTED);
  app.on('web-contents-created', (_event, contents) => {
    contents.on('will-navigate', (event, url) => { if (!isOwn(url)) event.preventDefault(); });
    contents.on('will-redirect', (event) => { event.preventDefault(); });
    contents.on('will-attach-webview', (event) => { event.preventDefault(); });
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  });
}

/** True for a call from the top frame of our own page. */
export function isOwnCall(event: IpcMainInvokeEvent): boolean {
  const frame = event.senderFrame;
  return frame !== null && frame === event.sender.mainFrame && isOwn(frame.url);
}
const isOwn = (url: string): boolean => url === ORIGIN || url.startsWith(`${ORIGIN}/`);
