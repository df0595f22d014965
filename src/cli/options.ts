// Options of the commands that run a script: they end at the script's name, and what follows belongs to the script.

/** A command line that makes no sense; the message says why. */
export class UsageError extends Error {
  override name = "UsageError";
}

/** One option: `value` names what it takes, without it it takes nothing. */
export interface OptionSpec {
  readonly value?: string;
  /** May be given several times: its values are joined by line feeds. */
  readonly repeats?: boolean;
  readonly help: string;
}

export interface ParsedOptions<Name extends string> {
  /** Value of each option given; "" for one that takes none. */
  readonly options: Readonly<Partial<Record<Name, string>>>;
  /** Script and its arguments. */
  readonly words: readonly string[];
}

/** Takes the options at the front of `args`: "--name value", "--name=value" or "--name". Throws {@link UsageError}. */
export function parseOptions<Name extends string>(specs: Readonly<Record<Name, OptionSpec>>, args: readonly string[]): ParsedOptions<Name> {
  const options: Partial<Record<Name, string>> = {};
  let i = 0;
  for (; i < args.length; i++) {
    const word = args[i]!;
    if (word === "--") return { options, words: args.slice(i + 1) };
    if (!word.startsWith("-") || word === "-") break;
    const equals = word.indexOf("=");
    const name = equals < 0 ? word : word.slice(0, equals);
    if (!name.startsWith("--") || !Object.hasOwn(specs, name.slice(2))) throw new UsageError(`unrecognized option '${word}'`);
    const key = name.slice(2) as Name;
    const takesValue = specs[key].value !== undefined;
    if (!takesValue && equals >= 0) throw new UsageError(`'${name}' takes no value`);
    const value = takesValue ? (equals < 0 ? args[++i] : word.slice(equals + 1)) : "";
    if (value === undefined) throw new UsageError(`'${name}' needs a value`);
    options[key] = specs[key].repeats === true && options[key] !== undefined ? `${options[key]}\n${value}` : value;
  }
  return { options, words: args.slice(i) };
}

/** The value of an option that is a whole number of at least `least`. Throws {@link UsageError}. */
export function countOption(name: string, text: string | undefined, fallback: number, least = 1): number {
  if (text === undefined) return fallback;
  if (!/^\d+$/.test(text) || Number(text) < least) throw new UsageError(`--${name}: '${text}' is not a whole number of at least ${least}`);
  return Number(text);
}

/** The options, a line each, for a usage text. */
export function optionHelp(specs: Readonly<Record<string, OptionSpec>>): string {
  const left = Object.entries(specs).map(([name, { value }]) => `--${name}${value === undefined ? "" : ` ${value}`}`);
  const width = Math.max(...left.map((text) => text.length));
  return Object.values(specs).map(({ help }, i) => `  ${left[i]!.padEnd(width)}  ${help}\n`).join("");
}
