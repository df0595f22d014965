// A Vite plugin: members of the sources' `const enum`s become integer literals where other files use them, as in the build. Without it a
// `switch` of the interpreter compares with properties of objects, and the tests run several times slower.
import { readFileSync, readdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { transformSync } from "esbuild";

type Values = Readonly<Record<string, number>>;

/** `const enum`s by the path of their file, without an ending, and their name. */
function enumsOf(folder: string): Map<string, Map<string, Values>> {
  const found = new Map<string, Map<string, Values>>();
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"))) {
    const path = join(folder, name);
    const declared = [...readFileSync(path, "utf8").matchAll(/^export const enum (\w+) \{[^}]*\}/gm)];
    if (declared.length > 0) found.set(path.slice(0, -3), new Map(declared.map(([text, own]) => [own!, valuesOf(own!, text)])));
  }
  return found;
}

function valuesOf(name: string, text: string): Values {
  const { code } = transformSync(`${text.replace("export const enum", "enum")}\nresult = ${name};`, { loader: "ts" });
  const members = new Function("let result;" + code + "return result;")() as Record<string, unknown>;
  return Object.fromEntries(Object.entries(members).filter((entry): entry is [string, number] => typeof entry[1] === "number"));
}

interface Plugin {
  readonly name: string;
  readonly enforce: "pre";
  transform(code: string, id: string): { code: string; map: null } | undefined;
}

/** `folder`: where the sources are. Lines stay where they are. */
export function literalEnums(folder: string): Plugin {
  const root = resolve(folder);
  const enums = enumsOf(root);
  return {
    name: "literal-enums",
    enforce: "pre",
    transform(code, id) {
      if (!id.startsWith(root) || !id.endsWith(".ts")) return undefined;
      const values = new Map<string, Values>();
      for (const [, names, from] of code.matchAll(/import \{([^}]*)\} from "(\.[^"]*)\.js";/g)) {
        const exported = enums.get(join(dirname(id), from!));
        for (const name of exported === undefined ? [] : names!.split(",").map((each) => each.trim())) {
          if (exported!.has(name)) values.set(name, exported!.get(name)!);
        }
      }
      if (values.size === 0) return undefined;
      const pattern = new RegExp(`(?<![\\w$.])(${[...values.keys()].join("|")})\\.(\\w+)`, "g");
      return { code: code.replace(pattern, (text, name: string, member: string) => literal(values.get(name)![member], text)), map: null };
    },
  };
}

const literal = (value: number | undefined, otherwise: string): string => (value === undefined ? otherwise : value < 0 ? `(${value})` : String(value));
