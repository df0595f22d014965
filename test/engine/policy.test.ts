// Policies as data: validation, derivation, and what they answer.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LIBRARY_NAMES, type LibraryName, Policy, type PolicyChanges, PolicyError, policies } from "../../src/engine/policy.js";
import { STANDARD_LIBRARIES } from "../../src/stdlib/libraries.js";

describe("the three levels", () => {
  test("name every library there is", () => {
    expect(STANDARD_LIBRARIES.map(({ name }) => (name === "_G" ? "base" : name)).sort()).toEqual([...LIBRARY_NAMES].sort());
  });

  test("are data: JSON gives them back", () => {
    for (const policy of Object.values(policies)) {
      const copy = Policy.from(JSON.parse(JSON.stringify(policy)));
      expect(copy.toJSON()).toEqual(policy.toJSON());
    }
  });

  test("cannot be changed, however deep", () => {
    const { restricted } = policies;
    expect(() => Object.assign(restricted, { globals: "allow" })).toThrow(TypeError);
    expect(() => Object.assign(restricted.permissions.files, { read: true })).toThrow(TypeError);
    const roots = ["/srv"];
    const derived = restricted.derive({ permissions: { files: { read: roots } } });
    roots.push("/etc");
    expect(derived.permissions.files.read).toEqual(["/srv"]);
    expect(() => (derived.permissions.files.read as string[]).push("/etc")).toThrow(TypeError);
  });

  test("only none grants anything of the machine", () => {
    for (const policy of [policies.restricted, policies.strict]) {
      for (const permission of ["process", "streams", "nativeModules", "network", "environment", "file.read", "file.write", "bridge.agent"]) {
        expect(policy.allows(permission, "x"), permission).toBe(false);
        expect(policies.none.allows(permission, "x"), permission).toBe(true);
      }
    }
  });
});

describe("derive", () => {
  test("merges libraries and permissions field by field, and replaces the rest", () => {
    const derived = policies.restricted.derive({
      name: "app", libraries: { os: ["time"] }, permissions: { files: { read: ["/srv/data"] }, bridges: ["agent"] }, modules: ["app.*"],
    });
    expect(derived.toJSON()).toEqual({
      ...policies.restricted.toJSON(),
      name: "app",
      libraries: { ...policies.restricted.libraries, os: ["time"] },
      modules: ["app.*"],
      permissions: { ...policies.restricted.permissions, files: { read: ["/srv/data"], write: false }, bridges: ["agent"] },
    });
    expect(policies.restricted.derive({}).name).toBe("restricted+");
  });

  test("grants are what they say", () => {
    const policy = policies.restricted.derive({
      modules: ["json", "app.*"],
      libraries: { os: ["time"], math: { except: ["random"] } },
      permissions: { network: ["api.example.org", "*.example.com", "localhost:8080"], environment: ["HOME"], bridges: ["agent", "bridge.tool", "workflow_operations"] },
    });
    const answers = (permission: string, ...subjects: string[]): string[] => subjects.filter((subject) => policy.allows(permission, subject));
    expect(answers("network", "api.example.org", "API.example.org", "api.example.org:443", "x.api.example.org", "example.com", "a.example.com", "a.b.example.com:80",
      "evilexample.com", "localhost", "localhost:8080", "localhost:80801", "api.example.org.evil.com"))
      .toEqual(["api.example.org", "API.example.org", "api.example.org:443", "a.example.com", "a.b.example.com:80", "localhost:8080"]);
    expect(answers("environment", "HOME", "home", "HOME2", "PATH")).toEqual(["HOME"]);
    expect(["bridge.agent", "agent_operations", "bridge.tool", "bridge.workflow", "bridge.memory"].filter((name) => policy.allows(name)))
      .toEqual(["bridge.agent", "agent_operations", "bridge.tool", "bridge.workflow"]);
    expect(["json", "jsonx", "app", "app.x", "app.x.y", "application", "other"].filter((name) => policy.allowsModule(name))).toEqual(["json", "app.x", "app.x.y"]);
    expect(["time", "clock"].filter((name) => policy.allowsFunction("os", name))).toEqual(["time"]);
    expect(["random", "floor"].filter((name) => policy.allowsFunction("math", name))).toEqual(["floor"]);
  });

  test("a module behind a permission needs it, or a list that names it; a list of everything is not enough", () => {
    const { restricted } = policies;
    expect(restricted.allowsModule("perilune.agent", "bridge.agent")).toBe(false);
    expect(restricted.derive({ permissions: { bridges: ["agent"] } }).allowsModule("perilune.agent", "bridge.agent")).toBe(true);
    expect(policies.strict.derive({ permissions: { bridges: ["agent"] } }).allowsModule("perilune.agent", "bridge.agent")).toBe(true);
    expect(restricted.derive({ modules: ["perilune.agent"] }).allowsModule("perilune.agent", "bridge.agent")).toBe(true);
    expect(restricted.derive({ modules: ["perilune.*"] }).allowsModule("perilune.agent", "bridge.agent")).toBe(true);
    expect(restricted.derive({ modules: ["zigllms.*"] }).allowsModule("perilune.agent", "bridge.agent")).toBe(false);
  });
});

describe("validation", () => {
  const wrong: readonly [unknown, string][] = [
    [undefined, "policy: it must be an object, got undefined"],
    [null, "policy: it must be an object, got null"],
    [[], "policy: it must be an object, got an array"],
    ["strict", 'policy: it must be an object, got "strict"'],
    [{ permission: {} }, "policy: permission is not known (known: name, libraries, denied, globals, standardTables, metatables, loadModes, searchers, modules, bridgeGlobals, permissions)"],
    [{ name: "" }, 'policy: name must be a non-empty string, got ""'],
    [{ globals: "deny" }, 'policy: globals must be one of "allow", "deny-new", "read-only", got "deny"'],
    [{ globals: true }, 'policy: globals must be one of "allow", "deny-new", "read-only", got true'],
    [{ loadModes: "tb" }, 'policy: loadModes must be one of "", "t", "b", "bt", got "tb"'],
    [{ libraries: { net: true } }, `policy: libraries.net is not known (known: ${LIBRARY_NAMES.join(", ")})`],
    [{ libraries: { io: "all" } }, 'policy: libraries.io must be true, false or a list of strings, got "all"'],
    [{ libraries: { io: { only: [] } } }, "policy: libraries.io.only is not known (known: except)"],
    [{ libraries: { io: { except: "open" } } }, 'policy: libraries.io.except must be a list of strings, got "open"'],
    [{ libraries: { io: ["open", 1] } }, "policy: libraries.io[1] must be a non-empty string, got 1"],
    [{ libraries: { string: { except: ["dmup"] } } }, 'policy: libraries.string.except[0] must be a function of the string library, got "dmup"'],
    [{ libraries: { os: ["time", "tme"] } }, 'policy: libraries.os[1] must be a function of the os library, got "tme"'],
    [{ permissions: { file: {} } }, "policy: permissions.file is not known (known: files, streams, process, network, environment, nativeModules, bridges)"],
    [{ permissions: { files: { read: ["data"] } } }, 'policy: permissions.files.read[0] must be an absolute path, got "data"'],
    [{ permissions: { files: { read: ["/data\0"] } } }, 'policy: permissions.files.read[0] must be an absolute path, got "/data\\u0000"'],
    [{ permissions: { files: { delete: true } } }, "policy: permissions.files.delete is not known (known: read, write)"],
    [{ permissions: { process: "yes" } }, 'policy: permissions.process must be true or false, got "yes"'],
    [{ permissions: { network: ["https://example.org"] } }, 'policy: permissions.network[0] must be a host name, without scheme or path, got "https://example.org"'],
    [{ permissions: { network: ["*"] } }, 'policy: permissions.network[0] must be a host name, without scheme or path, got "*"'],
    [{ permissions: { bridges: ["Agent!"] } }, 'policy: permissions.bridges[0] must be a bridge\'s name, got "Agent!"'],
    [{ modules: ["*"] }, 'policy: modules[0] must be a module name or end in ".*", got "*"'],
    [{ modules: ["a.*.b"] }, 'policy: modules[0] must be a module name or end in ".*", got "a.*.b"'],
    [JSON.parse('{"__proto__": {"globals": "allow"}}'), "policy: __proto__ is not known (known: name, libraries, denied, globals, standardTables, metatables, loadModes, searchers, modules, bridgeGlobals, permissions)"],
    [{ libraries: { constructor: true } }, `policy: libraries.constructor is not known (known: ${LIBRARY_NAMES.join(", ")})`],
  ];

  test.each(wrong)("refuses %j", (changes, message) => {
    expect(() => policies.restricted.derive(changes as PolicyChanges)).toThrow(PolicyError);
    expect(() => policies.restricted.derive(changes as PolicyChanges)).toThrow(message);
    expect(() => Policy.from(changes, policies.restricted)).toThrow(message);
  });

  test("a policy that is not derived must be complete", () => {
    const { globals: _, ...rest } = policies.restricted.toJSON();
    expect(() => Policy.from(rest)).toThrow("policy: globals is missing");
    expect(() => Policy.from({ ...rest, globals: "allow", permissions: { ...rest.permissions, files: { read: true } } })).toThrow("policy: permissions.files.write is missing");
  });

  test("asking for a permission that does not exist is an error, not a denial", () => {
    expect(() => policies.none.allows("Process!")).toThrow(PolicyError);
  });

  test("property: no change whatever grants what it does not name", () => {
    const grant = fc.oneof(fc.boolean(), fc.array(fc.stringMatching(/^[a-z]{1,8}$/), { maxLength: 3 }));
    const library = fc.constantFrom<LibraryName>(...LIBRARY_NAMES);
    fc.assert(fc.property(fc.dictionary(library, fc.oneof(fc.boolean(), fc.constant([]), fc.constant({ except: [] }))), grant, fc.boolean(), (libraries, bridges, process) => {
      const derived = policies.strict.derive({ libraries, permissions: { bridges, process } });
      for (const name of LIBRARY_NAMES) expect(derived.libraries[name]).toEqual(Object.hasOwn(libraries, name) ? libraries[name] : policies.strict.libraries[name]);
      expect(derived.permissions).toEqual({ ...policies.strict.permissions, bridges, process });
    }));
  });
});
