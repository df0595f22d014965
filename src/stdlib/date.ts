// Calendar arithmetic for os.date and os.time: C's struct tm, gmtime, localtime, mktime and strftime in the C locale.
import type { Pieces } from "../base/pieces.js";
import type { LuaInteger } from "../number/float.js";
import { wrapInteger } from "../number/integer.js";

/** Broken-down time (struct tm): `month` 0–11, `weekday` 0–6 from Sunday, `yearDay` 0–365. */
export interface CalendarTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly weekday: number;
  readonly yearDay: number;
  readonly isDst: boolean;
  /** Seconds east of Greenwich. */
  readonly offset: number;
  /** What %Z shows. */
  readonly zone: string;
}

/** Fields for {@link localTimestamp}, not yet normalised; `isDst` undefined: find out. */
export interface DateFields {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly isDst: boolean | undefined;
}

const DAY = 86400;
const DAYS_IN_400_YEARS = 146097;
/** tm_year is a C int that counts from 1900. */
const MIN_YEAR = -(2 ** 31) + 1900;
const MAX_YEAR = 2 ** 31 - 1 + 1900;
/** What a JavaScript Date can hold, in seconds. */
const MAX_DATE = 8.64e12;

const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
const WEEKDAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

// Times are kept as whole days and seconds within the day: their product can pass 2^53.
interface Instant {
  readonly days: number;
  readonly seconds: number;
}

function instantOf(time: LuaInteger): Instant {
  if (typeof time === "number") {
    const days = Math.floor(time / DAY);
    return { days, seconds: time - days * DAY };
  }
  const seconds = Number(((time % 86400n) + 86400n) % 86400n);
  return { days: Number((time - BigInt(seconds)) / 86400n), seconds };
}

function instant(days: number, seconds: number): Instant {
  const carry = Math.floor(seconds / DAY);
  return { days: days + carry, seconds: seconds - carry * DAY };
}

/** Days from 1970-01-01 to a date of the proleptic Gregorian calendar; `month` 0–11, `day` from 1. */
function daysFromCivil(year: number, month: number, day: number): number {
  const y = month < 2 ? year - 1 : year; // years start in March: the leap day is their last
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * ((month + 10) % 12) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * DAYS_IN_400_YEARS + dayOfEra - 719468;
}

function civilFromDays(days: number): { year: number; month: number; day: number } {
  const z = days + 719468;
  const era = Math.floor(z / DAYS_IN_400_YEARS);
  const dayOfEra = z - era * DAYS_IN_400_YEARS;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36524) - Math.floor(dayOfEra / 146096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shifted = Math.floor((5 * dayOfYear + 2) / 153);
  const month = (shifted + 2) % 12;
  return {
    year: yearOfEra + era * 400 + (month < 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1,
  };
}

function breakDown(at: Instant, isDst: boolean, offset: number, zone: string): CalendarTime | undefined {
  const { year, month, day } = civilFromDays(at.days);
  if (year < MIN_YEAR || year > MAX_YEAR) return undefined;
  return {
    year, month, day,
    hour: Math.floor(at.seconds / 3600),
    minute: Math.floor(at.seconds / 60) % 60,
    second: at.seconds % 60,
    weekday: (((at.days + 4) % 7) + 7) % 7,
    yearDay: at.days - daysFromCivil(year, 0, 1),
    isDst, offset, zone,
  };
}

// ---- time zones --------------------------------------------------------------------------------------------------

/** A Date for an instant; beyond what Date can hold, one of the same day 400 years times n away. */
function dateOf(at: Instant): Date {
  let { days } = at;
  const limit = MAX_DATE / DAY - 2 * DAYS_IN_400_YEARS;
  if (Math.abs(days) > limit) days -= Math.trunc((days - Math.sign(days) * limit) / DAYS_IN_400_YEARS + Math.sign(days)) * DAYS_IN_400_YEARS;
  return new Date((days * DAY + at.seconds) * 1000);
}

/** Seconds that local time is ahead of UTC at an instant. */
function offsetAt(at: Instant): number {
  const date = dateOf(at);
  const local = daysFromCivil(date.getFullYear(), date.getMonth(), date.getDate()) * DAY
    + date.getHours() * 3600 + date.getMinutes() * 60 + date.getSeconds();
  return local - Math.floor(date.getTime() / 1000);
}

/** Offsets of winter and summer time in the year around an instant (the same where there is no summer time). */
function seasons(at: Instant): { standard: number; summer: number } {
  const { year } = civilFromDays(at.days);
  const january = offsetAt({ days: daysFromCivil(year, 0, 1), seconds: 0 });
  const july = offsetAt({ days: daysFromCivil(year, 6, 1), seconds: 0 });
  return { standard: Math.min(january, july), summer: Math.max(january, july) };
}

const MAX_ZONE_NAMES = 500;
const zoneNames = new Map<string, string>();

/** Abbreviation of the local zone ("CET"), or its offset ("+03") where it has none. */
function zoneName(date: Date, offset: number): string {
  const key = `${offset} ${date.getFullYear()}`;
  let name = zoneNames.get(key);
  if (name === undefined) {
    if (zoneNames.size >= MAX_ZONE_NAMES) zoneNames.clear(); // scripts choose the years
    zoneNames.set(key, (name = findZoneName(date, offset)));
  }
  return name;
}

function findZoneName(date: Date, offset: number): string {
  for (const locale of ["en-US", "en-GB", "en-AU", "en-IN", "en-ZA"]) { // each knows the names of its own zones
    try {
      const parts = new Intl.DateTimeFormat(locale, { timeZoneName: "short" }).formatToParts(date);
      const name = parts.find((part) => part.type === "timeZoneName")?.value ?? "";
      if (/^[A-Z]+$/.test(name)) return name;
    } catch {
      break; // no Intl data
    }
  }
  const minutes = Math.abs(Math.trunc(offset / 60));
  const rest = minutes % 60 === 0 ? "" : pad(minutes % 60, 2);
  return `${offset < 0 ? "-" : "+"}${pad(Math.floor(minutes / 60), 2)}${rest}`;
}

/** gmtime: seconds since 1970 → UTC; undefined when the year does not fit. */
export function utcTime(time: LuaInteger): CalendarTime | undefined {
  return breakDown(instantOf(time), false, 0, "GMT");
}

/** localtime: seconds since 1970 → local time (UTC when `isUtc`); undefined when the year does not fit. */
export function localTime(time: LuaInteger, isUtc = false): CalendarTime | undefined {
  return isUtc ? breakDown(instantOf(time), false, 0, "UTC") : localAt(instantOf(time));
}

function localAt(at: Instant): CalendarTime | undefined {
  const offset = offsetAt(at);
  const { standard, summer } = seasons(at);
  return breakDown(instant(at.days, at.seconds + offset), offset !== standard && offset === summer, offset, zoneName(dateOf(at), offset));
}

/**
 * mktime: local date fields, each any size, → seconds since 1970 and the normalised fields; undefined when the year does
 * not fit.
 */
export function localTimestamp(fields: DateFields, isUtc = false): { time: LuaInteger; normal: CalendarTime } | undefined {
  const year = fields.year + Math.floor(fields.month / 12);
  const month = ((fields.month % 12) + 12) % 12;
  const wall = instant(daysFromCivil(year, month, 1) + fields.day - 1, fields.hour * 3600 + fields.minute * 60 + fields.second);
  const minus = (offset: number): Instant => instant(wall.days, wall.seconds - offset);
  let at = isUtc ? wall : minus(offsetAt(minus(offsetAt(wall))));
  let normal = isUtc ? breakDown(at, false, 0, "UTC") : localAt(at);
  if (fields.isDst !== undefined && !isUtc && normal !== undefined && normal.isDst !== fields.isDst) {
    const { standard, summer } = seasons(at);
    if (standard !== summer) {
      at = minus(fields.isDst ? summer : standard);
      normal = localAt(at);
    }
  }
  if (normal === undefined) return undefined;
  const time = at.days * DAY + at.seconds;
  return { time: Number.isSafeInteger(time) ? time : wrapInteger(BigInt(at.days) * 86400n + BigInt(at.seconds)), normal };
}

// ---- formatting ----------------------------------------------------------------------------------------------------

function pad(n: number, width: number, fill = "0"): string {
  const digits = String(Math.abs(n)).padStart(n < 0 ? width - 1 : width, fill);
  return n < 0 ? `-${digits}` : digits;
}

/** Number of the week of the year that starts on weekday `first`; days before the first such day are in week 0. */
function weekOfYear(t: CalendarTime, first: number): number {
  return Math.floor((t.yearDay + 7 - ((t.weekday - first + 7) % 7)) / 7);
}

const isLeap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;

/** ISO 8601 week and the year it belongs to. */
function isoWeek(t: CalendarTime): { year: number; week: number } {
  const monday = (t.weekday + 6) % 7; // 0 is Monday
  const week = Math.floor((t.yearDay - monday + 10) / 7);
  if (week < 1) {
    const lastYear = t.year - 1;
    return { year: lastYear, week: Math.floor((t.yearDay + (isLeap(lastYear) ? 366 : 365) - monday + 10) / 7) };
  }
  const days = isLeap(t.year) ? 366 : 365;
  if (week === 53 && t.yearDay - monday + 3 >= days) return { year: t.year + 1, week: 1 };
  return { year: t.year, week };
}

const hour12 = (t: CalendarTime): number => (t.hour % 12 === 0 ? 12 : t.hour % 12);

/** strftime's conversion `letter` in the C locale, or undefined when C99 has no such conversion. */
function convert(letter: string, t: CalendarTime): string | undefined {
  const all = (format: string): string => format.replace(/%(.)/g, (_, part: string) => convert(part, t)!);
  switch (letter) {
    case "a": return WEEKDAYS[t.weekday]!.slice(0, 3);
    case "A": return WEEKDAYS[t.weekday]!;
    case "b": case "h": return MONTHS[t.month]!.slice(0, 3);
    case "B": return MONTHS[t.month]!;
    case "c": return all("%a %b %e %H:%M:%S %Y");
    case "C": return pad(Math.floor(t.year / 100), 2);
    case "d": return pad(t.day, 2);
    case "D": case "x": return all("%m/%d/%y");
    case "e": return pad(t.day, 2, " ");
    case "F": return all("%Y-%m-%d");
    case "g": return pad(((isoWeek(t).year % 100) + 100) % 100, 2);
    case "G": return String(isoWeek(t).year);
    case "H": return pad(t.hour, 2);
    case "I": return pad(hour12(t), 2);
    case "j": return pad(t.yearDay + 1, 3);
    case "m": return pad(t.month + 1, 2);
    case "M": return pad(t.minute, 2);
    case "n": return "\n";
    case "p": return t.hour < 12 ? "AM" : "PM";
    case "r": return all("%I:%M:%S %p");
    case "R": return all("%H:%M");
    case "S": return pad(t.second, 2);
    case "t": return "\t";
    case "T": case "X": return all("%H:%M:%S");
    case "u": return String(t.weekday === 0 ? 7 : t.weekday);
    case "U": return pad(weekOfYear(t, 0), 2);
    case "V": return pad(isoWeek(t).week, 2);
    case "w": return String(t.weekday);
    case "W": return pad(weekOfYear(t, 1), 2);
    case "y": return pad(((t.year % 100) + 100) % 100, 2);
    case "Y": return String(t.year);
    case "z": {
      const minutes = Math.abs(Math.trunc(t.offset / 60));
      return `${t.offset < 0 ? "-" : "+"}${pad(Math.floor(minutes / 60), 2)}${pad(minutes % 60, 2)}`;
    }
    case "Z": return t.zone;
    case "%": return "%";
    default: return undefined;
  }
}

const MODIFIED: Readonly<Record<string, string>> = { E: "cCxXyY", O: "deHImMSuUVwWy" };

/** Position of the first conversion in `format` that C99 does not have, or −1 ("%Ec" and "%Od" modify a conversion). */
export function invalidConversion(format: string, t: CalendarTime): number {
  for (let i = format.indexOf("%"); i >= 0; i = format.indexOf("%", i)) {
    const length = conversionLength(format, i + 1, t);
    if (length === 0) return i;
    i += 1 + length;
  }
  return -1;
}

function conversionLength(format: string, at: number, t: CalendarTime): number {
  const letter = format.charAt(at);
  const modified = MODIFIED[letter];
  if (modified !== undefined) return at + 1 < format.length && modified.includes(format.charAt(at + 1)) ? 2 : 0;
  return convert(letter, t) === undefined ? 0 : 1;
}

/** Conversions in one piece of work. */
const PIECE = 64;

/** strftime in the C locale, `pay` called for each conversion; undefined when a conversion is invalid ({@link invalidConversion} says where). */
export function* formatInPieces(format: string, t: CalendarTime, pay: () => void): Pieces<string | undefined> {
  let out = "";
  let from = 0;
  let count = 0;
  for (let i = format.indexOf("%"); i >= 0; i = format.indexOf("%", from)) {
    const length = conversionLength(format, i + 1, t);
    if (length === 0) return undefined;
    pay();
    out += format.slice(from, i) + convert(format.charAt(i + length), t)!;
    from = i + 1 + length;
    if (++count % PIECE === 0) yield;
  }
  return out + format.slice(from);
}
