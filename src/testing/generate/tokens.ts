// Streams of Lua tokens without any grammar: food for lexers, and for parsers that must refuse them politely.
import fc from "fast-check";

const KEYWORDS = (
  "and break do else elseif end false for function goto if in local nil not or repeat return then true until while"
).split(" ");
const SYMBOLS = "+ - * / % ^ # & ~ | << >> // == ~= <= >= < > = ( ) { } [ ] :: ; : , . .. ...".split(" ");

const name = fc.oneof(
  fc.constantFrom("a", "b", "x", "_", "_ENV", "self", "name1", "End", "constant", "close"),
  fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,8}$/).filter((word) => !KEYWORDS.includes(word)),
);

const numeral = fc.oneof(
  fc.nat(99999).map(String),
  fc.constantFrom("0x1F", "0XaP-3", "3.", ".5", "1e10", "0x.8p1", "9223372036854775807", "9223372036854775808", "0xffffffffffffffffff", "1E+5", "3.0e-2"),
);

const escape = fc.constantFrom("\\n", "\\t", "\\\\", '\\"', "\\'", "\\065", "\\x41", "\\u{48}", "\\u{7FFFFFFF}", "\\z  ", "\\\n", "\\0", "\\a");
const plain = fc.constantFrom("a", " ", "[[", "--", "]]", "=", "é", "1", ";");
const quoted = fc.tuple(fc.constantFrom('"', "'"), fc.array(fc.oneof(escape, plain), { maxLength: 6 })).map(([q, parts]) => q + parts.join("") + q);
const long = fc
  .tuple(fc.nat(2), fc.array(fc.constantFrom("a", "\n", "]", "[", "=", '"', "\\n", "--"), { maxLength: 6 }))
  .map(([level, parts]) => {
    const equals = "=".repeat(level);
    const body = parts.join("").replaceAll(`]${equals}]`, "");
    // a bracket before the closing one would close it early
    return `[${equals}[${body.endsWith("]") ? `${body} ` : body}]${equals}]`;
  });

const comment = fc.oneof(
  fc.constantFrom("-- note\n", "--\n", "--[ not long\n", "--[[ long\n]]", "--[==[ ]] ]==]", "---[[ short\n"),
  fc.constant("--[[]]"),
);
const space = fc.constantFrom(" ", "\n", "  ", "\t", "\r\n", "\n\r", "\f", "\v", "\n\n");

/** Tokens with white space and comments between them; every token stands apart from the next. */
export const tokenStreamArbitrary: fc.Arbitrary<string> = fc
  .array(
    fc.tuple(
      fc.oneof(
        { weight: 3, arbitrary: fc.constantFrom(...KEYWORDS) },
        { weight: 4, arbitrary: name },
        { weight: 4, arbitrary: fc.constantFrom(...SYMBOLS) },
        { weight: 2, arbitrary: numeral },
        { weight: 2, arbitrary: quoted },
        { weight: 1, arbitrary: long },
      ),
      fc.oneof({ weight: 9, arbitrary: space }, { weight: 1, arbitrary: fc.tuple(space, comment).map((parts) => parts.join("")) }),
    ),
    { maxLength: 60 },
  )
  .map((tokens) => tokens.map((parts) => parts.join("")).join(""));
