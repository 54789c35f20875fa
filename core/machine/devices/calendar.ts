// The Gregorian calendar as arithmetic: days counted from 1 March of the year 0, so that a leap day ends its year. Nothing asks the host.

const DAYS_IN_ERA = 146_097, YEARS_IN_ERA = 400, DAYS_IN_CENTURY = 36_524, DAYS_IN_FOUR_YEARS = 1461, DAYS_IN_YEAR = 365;
/** 1 March of the year 0 was a Wednesday; 1 is Sunday. */
const FIRST_WEEKDAY = 4;

export interface Day { readonly year: number; /** 1 to 12. */ readonly month: number; /** 1 to 31. */ readonly day: number }

/** Days from 1 March of the year 0 to this day; a day beyond its month's end counts on into the next. */
export function daysOf({ year, month, day }: Day): number {
  const fromMarch = (month + 9) % 12, years = fromMarch > 9 ? year - 1 : year;
  const leapDays = Math.floor(years / 4) - Math.floor(years / 100) + Math.floor(years / YEARS_IN_ERA);
  return years * DAYS_IN_YEAR + leapDays + daysBefore(fromMarch) + day - 1;
}

/** The day that lies so many days behind 1 March of the year 0. */
export function dayOf(days: number): Day {
  const inEra = days % DAYS_IN_ERA;
  const leapDays = Math.floor(inEra / (DAYS_IN_FOUR_YEARS - 1)) - Math.floor(inEra / DAYS_IN_CENTURY) + Math.floor(inEra / (DAYS_IN_ERA - 1));
  const years = Math.floor((inEra - leapDays) / DAYS_IN_YEAR);
  const inYear = inEra - (years * DAYS_IN_YEAR + Math.floor(years / 4) - Math.floor(years / 100));
  const fromMarch = Math.floor((5 * inYear + 2) / 153);
  const month = (fromMarch + 2) % 12 + 1;
  const year = Math.floor(days / DAYS_IN_ERA) * YEARS_IN_ERA + years + (fromMarch > 9 ? 1 : 0);
  return { year, month, day: inYear - daysBefore(fromMarch) + 1 };
}

/** 1 is Sunday, 7 is Saturday. */
export function weekdayOf(days: number): number { return (days + FIRST_WEEKDAY - 1) % 7 + 1; }

// days of a year that begins in March before its month (0: March): five months have 153
const daysBefore = (fromMarch: number): number => Math.floor((153 * fromMarch + 2) / 5);
