import fc from "fast-check";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { type CalendarTime, formatInPieces, localTime, localTimestamp, utcTime } from "../../src/stdlib/date.js";
import { runWithFiles, temporaryDirectory } from "../support/files.js";
import { type Oracle, oracle } from "../support/oracle.js";

const directory = temporaryDirectory();
const zone = process.env["TZ"];

function inZone(name: string | undefined): void {
  if (name === undefined) delete process.env["TZ"];
  else process.env["TZ"] = name;
}

afterEach(() => inZone(zone));

function printed(source: string): string {
  const { output, error } = runWithFiles(source, directory.path);
  expect(error).toBeUndefined();
  return output;
}

describe("os.date against C", () => {
  let judge: Oracle;
  beforeAll(async () => {
    judge = await oracle();
  });

  test("every conversion, for any second of nine thousand years", () => {
    const format = "%a %A %b %B %C %d %D %e %F %g %G %h %H %I %j %m %M %n %p %r %R %S %t %T %u %U %V %w %W %x %X %y %Y %%";
    // but %c, where the oracle's C library writes the day as 01 and others as a space and 1
    fc.assert(fc.property(fc.array(fc.integer({ min: -3e10, max: 2.5e11 }), { minLength: 50, maxLength: 50 }), (times) => {
      const source = times.map((t) => `print(os.date("!${format}", ${t}))`).join("\n");
      expect(runWithFiles(source, "").output).toBe(judge.run(source).output);
    }), { numRuns: 20 });
  });

  test("fields round-trip and normalise as mktime's", () => {
    inZone("UTC");
    const field = fc.integer({ min: -5000, max: 5000 });
    const table = fc.record({ year: fc.integer({ min: 2000, max: 9000 }), month: field, day: field, hour: field, min: field, sec: field });
    fc.assert(fc.property(fc.array(table, { minLength: 20, maxLength: 20 }), (tables) => {
      const source = tables.map((t) => `do
        local t = {year = ${t.year}, month = ${t.month}, day = ${t.day}, hour = ${t.hour}, min = ${t.min}, sec = ${t.sec}}
        print(os.time(t)); print(t.year, t.month, t.day, t.hour, t.min, t.sec, t.yday, t.wday, t.isdst) end`).join("\n");
      expect(runWithFiles(source, "").output).toBe(judge.run(source).output);
    }), { numRuns: 25 });
  });
});

describe("time zones", () => {
  const show = (t: CalendarTime | undefined): string => String(formatInPieces("%F %T %z %Z", t!, () => {}).next().value);

  test("summer and winter time have their offsets and names", () => {
    inZone("Europe/Berlin");
    expect(show(localTime(1_700_000_000))).toBe("2023-11-14 23:13:20 +0100 CET");
    expect(show(localTime(1_690_000_000))).toBe("2023-07-22 06:26:40 +0200 CEST");
    expect(localTime(1_690_000_000)!.isDst).toBe(true);
    inZone("America/New_York");
    expect(show(localTime(1_690_000_000))).toBe("2023-07-22 00:26:40 -0400 EDT");
    inZone("Asia/Kathmandu");
    expect(show(localTime(0)).slice(0, 25)).toBe("1970-01-01 05:30:00 +0530");
    expect(show(utcTime(0))).toBe("1970-01-01 00:00:00 +0000 GMT");
  });

  test("local fields lead back to the time, whatever the zone", () => {
    for (const name of ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"]) {
      inZone(name);
      fc.assert(fc.property(fc.integer({ min: 7e8, max: 4e9 }), (time) => {
        const { year, month, day, hour, minute, second, isDst } = localTime(time)!;
        expect(localTimestamp({ year, month, day, hour, minute, second, isDst })!.time).toBe(time);
      }));
    }
  });

  test("isdst moves a time that is given in the other season's clock", () => {
    inZone("Europe/Berlin");
    const noon = { year: 2023, month: 0, day: 15, hour: 12, minute: 0, second: 0 };
    expect(localTimestamp({ ...noon, isDst: true })!.normal.hour).toBe(11);
    expect(localTimestamp({ ...noon, isDst: false })!.normal.hour).toBe(12);
    expect(localTimestamp({ ...noon, isDst: undefined })!.normal.hour).toBe(12);
  });
});

describe("errors", () => {
  test("conversions that C99 does not have", () => {
    for (const bad of ["%", "%9", "%E", "%O", "%Ea", "%Q"]) {
      expect(printed(`print(pcall(os.date, "ok ${bad}"))`)).toBe(`false\tbad argument #1 to 'os.date' (invalid conversion specifier '${bad}')\n`);
    }
    expect(printed(`print(os.date("!%Ex %Od|%c", 0))`)).toBe("01/01/70 01|Thu Jan  1 00:00:00 1970\n");
  });

  test("date tables", () => {
    expect(printed("print(pcall(os.time, {hour = 12}))")).toBe("false\tfield 'year' missing in date table\n");
    expect(printed("print(pcall(os.time, {year = 2000, month = 1}))")).toBe("false\tfield 'day' missing in date table\n");
    expect(printed("print(pcall(os.time, {year = 2000, month = 1, day = 1.5}))")).toBe("false\tfield 'day' is not an integer\n");
    expect(printed("print(pcall(os.time, {year = 1 << 40, month = 1, day = 1}))")).toBe("false\tfield 'year' is out-of-bound\n");
    expect(printed("print(pcall(os.date, '%Y', 1 << 60))")).toBe("false\tdate result cannot be represented in this installation\n");
    expect(printed("print(os.time{year = '2000', month = 1, day = 1, hour = 0} - os.time{year = 1999, month = 13, day = 1, hour = 0})")).toBe("0\n");
  });

  test("the largest year of a C int is the last", () => {
    inZone("UTC");
    const last = "{year = (1 << 31) + 1899, month = 12, day = 31, hour = 23, min = 59, sec = 59}";
    expect(printed(`local t = ${last} print(os.time(t), t.year)`)).toBe("67768036191676799\t2147485547\n");
    expect(printed(`print(pcall(os.time, ${last.replace("sec = 59", "sec = 60")}))`)).toBe(
      "false\ttime result cannot be represented in this installation\n",
    );
    expect(printed("print(os.date('!%Y-%m-%d', 67768036191676799))")).toBe("2147485547-12-31\n");
  });
});

describe("files and processes", () => {
  test("remove, rename, tmpname", () => {
    const source = `
      local f = io.open(DIR .. "x", "w"); f:close()
      print(os.rename(DIR .. "x", DIR .. "y")); print(os.rename(DIR .. "x", DIR .. "y"))
      print(os.remove(DIR .. "y")); print((select(2, os.remove(DIR .. "y")):gsub(".*: ", "")))
      local name = os.tmpname(); print(io.type(io.open(name)), os.remove(name))`;
    expect(printed(source)).toBe("true\nnil\tNo such file or directory\t2\ntrue\nNo such file or directory\nfile\ttrue\n");
  });

  test("execute tells how the command ended", () => {
    expect(printed("print(os.execute()) print(os.execute('exit 3')) print(os.execute('true')) print(os.execute('kill -s HUP $$'))")).toBe(
      "true\nnil\texit\t3\ntrue\texit\t0\nnil\tsignal\t1\n",
    );
  });

  test("only the C locale is there", () => {
    expect(printed("print(os.setlocale(), os.setlocale('C', 'all'), os.setlocale('', 'time'), os.setlocale('de_DE'))")).toBe("C\tC\tC\tnil\n");
    expect(printed("print(pcall(os.setlocale, 'C', 'x'))")).toBe("false\tbad argument #2 to 'os.setlocale' (invalid option 'x')\n");
  });

  test("without a process the library says what it cannot do", () => {
    const { output } = runWithFiles("print(os.execute(), os.getenv('HOME'), pcall(os.exit))", "", "", { process: undefined as never });
    expect(output).toBe("false\tnil\tfalse\t'exit' not supported\n");
  });
});
