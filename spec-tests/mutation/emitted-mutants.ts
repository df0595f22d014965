// Seeded bugs in the tier that emits JavaScript: what it leaves out of a check, a count or a way back is wrong only in code that is
// hot, and only for some values.
import type { Mutant } from "./mutant.js";

export const EMITTED_MUTANTS: readonly Mutant[] = [
  {
    name: "emitted: a block is charged one unit too few",
    file: "src/jit/lower.ts",
    find: "e.charged = this.charges.paidAt(index);",
    replace: "e.charged = Math.max(1, this.charges.paidAt(index) - 1);",
  },
  {
    name: "emitted: a dearer branch pays no difference",
    file: "src/jit/charges.ts",
    find: "return (this.isPoint(to) ? 0 : this.paid[to]!) - (this.paid[from]! - this.costs[from]!.units);",
    replace: "return 0;",
  },
  {
    name: "emitted: what a load yields is not looked at",
    file: "src/jit/lower.ts",
    find: "this.expectResult(pc);",
    replace: "",
  },
  {
    name: "emitted: a call is counted again when code is left in it",
    file: "src/jit/lower.ts",
    find: "{ q--; s = a; pc++; }",
    replace: "{ s = a; pc++; }",
  },
  {
    name: "emitted: a float that came as an integer stays one",
    file: "src/jit/emitter.ts",
    find: "if (now === Form.Raw && form === Form.Mixed) return `g${n} = 1;`;",
    replace: "if (now === Form.Raw && form === Form.Mixed) return \"\";",
  },
  {
    name: "emitted: units come back although a tick is due",
    file: "src/jit/runtime.ts",
    find: "meter.giveBack(units);",
    replace: "meter.fuel += units;",
  },
  {
    name: "emitted: there may be too little fuel for a dear way",
    file: "src/jit/charges.ts",
    find: "return this.most[block]! - this.paid[block]!;",
    replace: "return 0;",
  },
  {
    name: "emitted: what a block was charged is not given back where it is left",
    file: "src/jit/emitter.ts",
    find: "return this.exitWith(pc, this.charged - this.done);",
    replace: "return this.exitWith(pc, 0);",
  },
  {
    name: "emitted: sums are wrong just above 53 bits",
    file: "src/jit/emit-arithmetic.ts",
    find: "const SAFE = \"t <= 9007199254740991 && t >= -9007199254740991\";",
    replace: "const SAFE = \"t <= 9007199254740993 && t >= -9007199254740991\";",
  },
  {
    name: "emitted: a product of integers keeps −0",
    file: "src/jit/emit-arithmetic.ts",
    find: "`(t = ${x} * ${y} + 0, ${SAFE})`",
    replace: "`(t = ${x} * ${y}, ${SAFE})`",
  },
  {
    name: "emitted: a cached lookup through a metatable outlives a change of it",
    file: "src/jit/emit-tables.ts",
    find: "h.epoch === ${e.out.constant(lookups)}.epoch && ",
    replace: "",
  },
  {
    name: "emitted: an element that is absent is nil, whatever __index says",
    file: "src/jit/helpers.ts",
    find: "  } else v = t.get(key);\n  return v !== undefined || t.metatable === null ? v : inherited(t.metatable, key);",
    replace: "  } else v = t.get(key);\n  return v;",
  },
  {
    name: "emitted: a new element is written past __newindex",
    file: "src/jit/helpers.ts",
    find: "if (!mayAdd(t) && t.getInt(key) === undefined) return Stored.Not;",
    replace: "",
  },
  {
    name: "emitted: tables are unequal without asking __eq",
    file: "src/jit/helpers.ts",
    find: "return hasNoEq(a.metatable) && hasNoEq(b.metatable) ? false : LEAVE;",
    replace: "return false;",
  },
  {
    name: "emitted: a register that is not of the kind expected is let in",
    file: "src/jit/lower.ts",
    find: "case Kind.Small: return `typeof ${register} !== \"number\" || (${register} | 0) !== ${register}`;",
    replace: "case Kind.Small: return `typeof ${register} !== \"number\"`;",
  },
  {
    name: "emitted: code that is left in a call goes on at the call again",
    file: "src/jit/lower.ts",
    find: "{ q--; s = a; pc++; }",
    replace: "{ q--; s = a; }",
  },
  {
    name: "emitted: a bare double becomes an integer",
    file: "src/jit/emitter.ts",
    find: "return `${this.out.constant(makeFloat)}(d${n})`;",
    replace: "return `d${n}`;",
  },
  {
    name: "emitted: a loop with a step runs once too often",
    file: "src/jit/emit-loops.ts",
    find: "Math.floor(Math.abs(t - ${i}) / Math.abs(${s}))",
    replace: "Math.ceil(Math.abs(t - ${i}) / Math.abs(${s}))",
  },
  {
    name: "emitted: a table is made although a census is due",
    file: "src/jit/helpers.ts",
    find: "  if (heap.allocated + SIZE.table + fields * SIZE.hashSlot > heap.threshold) return LEAVE;\n",
    replace: "",
  },
  {
    name: "emitted: variables that inner functions share stay open at the end of a block",
    file: "src/jit/helpers.ts",
    find: "  if (L.openUpvals !== null) closeUpvalues(L, level);\n  return true;",
    replace: "  return true;",
  },
  {
    name: "emitted: the work that a library function did before it failed is paid twice",
    file: "src/jit/calls.ts",
    find: "  m.charged = charged;\n",
    replace: "",
  },
];
