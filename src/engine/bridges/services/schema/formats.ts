// The `format` keyword: one linear-time check a format, shared by validation, generation and extraction.
import type { Draft } from "json-schema-library";
import { LinearPattern } from "../linear-pattern.js";

/** Longer texts have no format: none of the expressions below sees more. */
const MAX_LENGTH = 4096;

const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;

function isDate(text: string): boolean {
  const [, year, month, day] = (/^(\d{4})-(\d\d)-(\d\d)$/.exec(text) ?? []).map(Number);
  if (year === undefined || month! < 1 || month! > 12 || day! < 1 || day! > DAYS[month! - 1]!) return false;
  return month !== 2 || day !== 29 || (year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0));
}

function isTime(text: string): boolean {
  const match = /^(\d\d):(\d\d):(\d\d)(?:\.\d+)?(?:z|([+-])(\d\d):(\d\d))$/i.exec(text);
  if (match === null) return false;
  const [hour, minute, second] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const [offsetHour, offsetMinute] = [Number(match[5] ?? 0), Number(match[6] ?? 0)];
  if (hour > 23 || minute > 59 || second > 60 || offsetHour > 23 || offsetMinute > 59) return false;
  if (second < 60) return true;
  const offset = (offsetHour * 60 + offsetMinute) * (match[4] === "-" ? -1 : 1);
  return (((hour * 60 + minute - offset) % 1440) + 1440) % 1440 === 1439; // a leap second is the last of a UTC day
}

function isHostname(text: string): boolean {
  return text.length <= 253 && text.split(".").every((label) => LABEL.test(label));
}

function isIpv4(text: string): boolean {
  const parts = text.split(".");
  return parts.length === 4 && parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255);
}

function isIpv6(text: string): boolean {
  const halves = text.split("::");
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === "" ? [] : half.split(":")));
  const last = groups.at(-1);
  if (last?.includes(".") === true) {
    if (!isIpv4(last) || !text.endsWith(last)) return false;
    groups.splice(-1, 1, "0", "0");
  }
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return false;
  return halves.length === 2 ? groups.length <= 7 : groups.length === 8;
}

function isEmail(text: string): boolean {
  const at = text.lastIndexOf("@");
  if (at < 1 || at > 64) return false;
  const [local, domain] = [text.slice(0, at), text.slice(at + 1)];
  if (!/^(?:[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*|"(?:[^"\\]|\\.)*")$/.test(local)) return false;
  if (/^\[.*\]$/.test(domain)) return isIpv4(domain.slice(1, -1)) || (/^\[IPv6:/i.test(domain) && isIpv6(domain.slice(6, -1)));
  return isHostname(domain);
}

const URI_TEXT = /^(?:[\w\-.~:/?#[\]@!$&'()*+,;=]|%[0-9a-f]{2})*$/i;

const SCHEME = /^[a-z][a-z0-9+.-]*:/i;

/** What follows the scheme: authority, path, query, fragment. */
function isHierarchy(text: string): boolean {
  if (!URI_TEXT.test(text) || text.split("#").length > 2) return false;
  const authority = /^\/\/([^/?#]*)/.exec(text);
  if (/[[\]]/.test(text.slice(authority?.[0].length ?? 0))) return false;
  if (authority === null) return true;
  const host = /^(?:[^@[\]]*@)?(\[[^\]]*\]|[^@:[\]]*)(?::\d*)?$/.exec(authority[1]!)?.[1];
  if (host === undefined || !host.startsWith("[")) return host !== undefined;
  return isIpv6(host.slice(1, -1)) || /^\[v[0-9a-f]+\.[\w\-.~!$&'()*+,;=:]+\]$/i.test(host);
}

function isUriReference(text: string): boolean {
  return isUri(text) || (isHierarchy(text) && !/^[^/?#]*:/.test(text));
}

function isUri(text: string): boolean {
  const scheme = SCHEME.exec(text);
  return scheme !== null && isHierarchy(text.slice(scheme[0].length));
}

function isPattern(text: string): boolean {
  try {
    return new LinearPattern(text).source === text;
  } catch {
    return false;
  }
}

/** Formats that are checked, by name; others are annotations. */
const CHECKS: Readonly<Record<string, (text: string) => boolean>> = {
  email: isEmail,
  uri: isUri,
  "uri-reference": isUriReference,
  date: isDate,
  time: isTime,
  "date-time": (text) => /^[^t]+t[^t]+$/i.test(text) && isDate(text.slice(0, 10)) && isTime(text.slice(11)),
  duration: (text) => /^P(?!$)(?:\d+W|(?:\d+Y)?(?:\d+M)?(?:\d+D)?(?:T(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+S)?)?)$/.test(text),
  uuid: (text) => /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text),
  hostname: isHostname,
  ipv4: isIpv4,
  ipv6: isIpv6,
  "json-pointer": (text) => /^(?:\/(?:[^~/]|~[01])*)*$/.test(text),
  "relative-json-pointer": (text) => /^(?:0|[1-9]\d*)(?:#|(?:\/(?:[^~/]|~[01])*)*)$/.test(text),
  regex: isPattern,
};

/** Whether `text` has a format; undefined for a format that is not checked. */
export function hasFormat(format: string, text: string): boolean | undefined {
  const check = Object.hasOwn(CHECKS, format) ? CHECKS[format] : undefined;
  if (check === undefined) return undefined;
  return text.length <= MAX_LENGTH && check(text);
}

/** The same for the validator. */
export const FORMATS: Draft["formats"] = Object.fromEntries(
  Object.keys(CHECKS).map((format) => [
    format,
    ({ node, pointer, data }) =>
      typeof data !== "string" || hasFormat(format, data) === true
        ? undefined
        : node.createError("format-error", { pointer, schema: node.schema, value: data, format }),
  ]),
);
