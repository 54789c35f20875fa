// The two answers every dialog can end in.
import type { Cancelled, Failed } from '../contract/api.ts';

export const CANCELLED: Cancelled = { kind: 'cancelled' };

/** `message`: one line, what is wrong and what to do. */
export const failed = (message: string): Failed => ({ kind: 'failed', message: message.split('\n', 1)[0] ?? '' });

/** The first line of whatever was thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '';
