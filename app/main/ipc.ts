// Binds the contract's names to the handlers: only our own page may call, and only with arguments that parse.
import { ipcMain } from 'electron';
import type { Invokes } from '../contract/channels.ts';
import { BadMessage } from '../contract/check.ts';
import { PARSERS } from '../contract/parse.ts';
import type { Handlers } from './handlers.ts';
import { isOwnCall } from './security.ts';

export function answer(handlers: Handlers): void {
  for (const name of Object.keys(handlers) as (keyof Invokes)[]) bind(name, handlers);
}

function bind<K extends keyof Invokes>(name: K, handlers: Pick<Handlers, K>): void {
  ipcMain.handle(name, (event, ...args: unknown[]) => {
    if (!isOwnCall(event)) throw new BadMessage(`${name}: only the app's own page may call`);
    return handlers[name](event.sender, ...PARSERS[name](args));
  });
}
