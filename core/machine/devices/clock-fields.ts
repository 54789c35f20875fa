// The bytes of the MC146818's time, calendar and alarm: BCD or binary, 12 or 24 hours. Times are seconds from 1 March of the year 0 on.
// Motorola "MC146818A" data sheet: "Time, Calendar, and Alarm Locations".

import { dayOf, daysOf, weekdayOf } from './calendar.ts';

export const SECONDS_PER_DAY = 86_400;
/** The fourteen registers of the clock, and the century, which firmware keeps elsewhere. */
export const TIME_BYTES = 15;
const SECONDS = 0, SECONDS_ALARM = 1, MINUTES = 2, MINUTES_ALARM = 3, HOURS = 4, HOURS_ALARM = 5, WEEKDAY = 6, DAY = 7, MONTH = 8, YEAR = 9, CENTURY_PLACE = 14;
const IS_AFTERNOON = 0x80, ANY = 0xc0;

export interface ClockFormat { readonly isBinary: boolean; readonly has24Hours: boolean }

/** The bytes of a time, in their places; the others are 0. */
export function encodeTime(time: number, format: ClockFormat): Uint8Array {
  const days = Math.floor(time / SECONDS_PER_DAY), inDay = time % SECONDS_PER_DAY;
  const { year, month, day } = dayOf(days);
  const bytes = new Uint8Array(TIME_BYTES);
  const put = (place: number, value: number): void => { bytes[place] = encode(value, format); };
  put(SECONDS, inDay % 60);
  put(MINUTES, Math.floor(inDay / 60) % 60);
  bytes[HOURS] = encodeHour(Math.floor(inDay / 3600), format);
  put(WEEKDAY, weekdayOf(days));
  put(DAY, day);
  put(MONTH, month);
  put(YEAR, year % 100);
  put(CENTURY_PLACE, Math.floor(year / 100) % 100);
  return bytes;
}

/** The time that bytes say. What is no time counts on: second 70 is ten past the minute. The weekday follows from the date. */
export function decodeTime(bytes: Uint8Array, format: ClockFormat): number {
  const field = (place: number): number => decode(bytes[place]!, format);
  const year = field(CENTURY_PLACE) * 100 + field(YEAR), month = Math.min(Math.max(field(MONTH), 1), 12);
  const days = Math.max(0, daysOf({ year, month, day: Math.max(field(DAY), 1) }));
  return days * SECONDS_PER_DAY + decodeHour(bytes[HOURS]!, format) * 3600 + field(MINUTES) * 60 + field(SECONDS);
}

/** The first time after `time` that the alarm bytes name; Infinity when they name none. Two high bits set: "don't care". */
export function nextAlarm(bytes: Uint8Array, time: number, format: ClockFormat): number {
  const named = (place: number, count: number, coded: (value: number) => number): readonly number[] => {
    const wanted = bytes[place]!;
    return Array.from({ length: count }, (_, value) => value).filter((value) => wanted >= ANY || coded(value) === wanted);
  };
  const hours = named(HOURS_ALARM, 24, (value) => encodeHour(value, format));
  const minutes = named(MINUTES_ALARM, 60, (value) => encode(value, format)), seconds = named(SECONDS_ALARM, 60, (value) => encode(value, format));
  if (hours.length === 0 || minutes.length === 0 || seconds.length === 0) return Infinity;
  const midnight = time - time % SECONDS_PER_DAY, after = time % SECONDS_PER_DAY;
  for (const hour of hours) {
    if (hour * 3600 + 3599 <= after) continue;
    for (const minute of minutes) {
      const second = seconds.find((value) => hour * 3600 + minute * 60 + value > after);
      if (second !== undefined) return midnight + hour * 3600 + minute * 60 + second;
    }
  }
  return midnight + SECONDS_PER_DAY + hours[0]! * 3600 + minutes[0]! * 60 + seconds[0]!;
}

function encode(value: number, { isBinary }: ClockFormat): number { return isBinary ? value : (Math.floor(value / 10) << 4) | (value % 10); }
function decode(byte: number, { isBinary }: ClockFormat): number { return isBinary ? byte : (byte >>> 4) * 10 + (byte & 0x0f); }

// with 12 hours, midnight and noon are 12 and bit 7 is the afternoon
function encodeHour(hour: number, format: ClockFormat): number {
  return format.has24Hours ? encode(hour, format) : encode((hour + 11) % 12 + 1, format) | (hour >= 12 ? IS_AFTERNOON : 0);
}
function decodeHour(byte: number, format: ClockFormat): number {
  return format.has24Hours ? decode(byte, format) : decode(byte & ~IS_AFTERNOON, format) % 12 + ((byte & IS_AFTERNOON) !== 0 ? 12 : 0);
}
