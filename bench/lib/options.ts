// Command line options of the scripts in bench/ and spec-tests/: a table of them is also the help text.

export interface OptionSpec {
  /** Name of the value in the help text; absent for a switch. */
  readonly value?: string;
  readonly help: string;
}

export interface Parsed<Name extends string> {
  readonly options: Partial<Record<Name, string>>;
  readonly rest: readonly string[];
}

/** Reads `--name value`, `--name=value` and switches; `--help` prints and exits, an unknown option exits with status 2. */
export function readOptions<Name extends string>(
  usage: string,
  specs: Readonly<Record<Name, OptionSpec>>,
  args: readonly string[],
): Parsed<Name> {
  const options: Partial<Record<Name, string>> = {};
  const rest: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    if (arg === "--help" || arg === "-h") {
      console.log(helpText(usage, specs));
      process.exit(0);
    }
    if (!arg.startsWith("--")) {
      rest.push(arg);
      continue;
    }
    const equals = arg.indexOf("=");
    const name = arg.slice(2, equals < 0 ? undefined : equals) as Name;
    const spec: OptionSpec | undefined = specs[name];
    if (spec === undefined) fail(`unknown option ${arg}`);
    if (spec.value === undefined) options[name] = "true";
    else {
      const value = equals < 0 ? args[++i] : arg.slice(equals + 1);
      if (value === undefined) fail(`--${name} needs ${spec.value}`);
      options[name] = value;
    }
  }
  return { options, rest };
}

/** The number behind an option, checked. */
export function numberOption(text: string | undefined, otherwise: number, name: string): number {
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0) fail(`--${name}: not a number: ${text}`);
  return value;
}

function helpText(usage: string, specs: Readonly<Record<string, OptionSpec>>): string {
  const rows = Object.entries({ ...specs, help: { help: "print this text" } }).map(
    ([name, spec]: [string, OptionSpec]) => [`  --${name}${spec.value === undefined ? "" : ` ${spec.value}`}`, spec.help] as const,
  );
  const width = Math.max(...rows.map(([left]) => left.length));
  return [usage, "", ...rows.map(([left, right]) => `${left.padEnd(width)}  ${right}`)].join("\n");
}

function fail(message: string): never {
  console.error(`${message} (--help lists the options)`);
  process.exit(2);
}
