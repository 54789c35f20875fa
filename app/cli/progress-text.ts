// The line a recording shows on a terminal while it runs.

import type { Forecast } from '../../core/ringscope/progress-meter.ts';
import type { RecordProgress } from '../../core/ringscope/record.ts';
import { grouped } from './numbers.ts';

/** `12 000 000 instructions (30.1 M/s), 420 events, 1.2 MB; at most 0:33 and 5.1 MB`. */
export function progressText({ instructions, events, bytes }: RecordProgress, { instructionsPerSecond, secondsLeft, bytesAtEnd }: Forecast): string {
  const speed = instructionsPerSecond === null ? '' : ` (${(instructionsPerSecond / 1e6).toFixed(1)} M/s)`;
  const left = secondsLeft === null || bytesAtEnd === null ? '' : `; at most ${duration(secondsLeft)} more and ${size(bytesAtEnd)} in all`;
  return `${grouped(instructions)} instructions${speed}, ${grouped(events)} events, ${size(bytes)}${left}`;
}

function duration(seconds: number): string {
  const whole = Math.round(seconds), minutes = Math.floor(whole / 60), hours = Math.floor(minutes / 60);
  const two = (value: number): string => String(value).padStart(2, '0');
  return hours > 0 ? `${String(hours)}:${two(minutes % 60)}:${two(whole % 60)}` : `${String(minutes)}:${two(whole % 60)}`;
}

function size(bytes: number): string {
  return bytes < 1e6 ? `${String(Math.ceil(bytes / 1000))} kB` : bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}
