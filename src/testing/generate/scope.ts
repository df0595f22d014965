// What is visible where a piece of a generated program lands.

/** Kinds of values that the generator keeps apart, so that nearly every operation it writes is legal. */
export type Kind = "int" | "float" | "str" | "bool" | "list" | "rec" | "fn" | "obj";

interface Variable {
  readonly name: string;
  readonly kind: Kind;
  readonly assignable: boolean;
}

/** What the text may do at this place. */
export interface Place {
  /** Inside a loop of this function: `break` is legal. */
  readonly loop: boolean;
  /** Inside a function whose result is an integer: `return <int>` is legal. */
  readonly returnsInt: boolean;
  /** Inside the body of a coroutine and not below a native that cannot be suspended: `coroutine.yield` is legal. */
  readonly coroutine: boolean;
  /** Inside a vararg function: `...` is legal. */
  readonly vararg: boolean;
  /** Below a pcall: an error is caught. */
  readonly protected: boolean;
}

const TOP: Place = { loop: false, returnsInt: false, coroutine: false, vararg: true, protected: false };

export class Scope {
  /** Parts of the header that the program turned out to need. */
  readonly needs = new Set<"show" | "object" | "closer">();
  place: Place = TOP;
  private variables: Variable[] = [];
  private counter = 0;

  /** A name that nothing else in the program has. */
  fresh(prefix: string): string {
    this.counter += 1;
    return `${prefix}${this.counter}`;
  }

  declare(name: string, kind: Kind, assignable = true): void {
    this.variables.push({ name, kind, assignable });
  }

  /** A visible variable of a kind, the nearest ones first; undefined when there is none. */
  pick(kind: Kind, choice: number): string | undefined {
    return pickFrom(this.variables.filter((v) => v.kind === kind), choice);
  }

  pickAssignable(kind: Kind, choice: number): string | undefined {
    return pickFrom(this.variables.filter((v) => v.kind === kind && v.assignable), choice);
  }

  /** Names of the visible variables of a kind, oldest first. */
  names(kind: Kind): readonly string[] {
    return this.variables.filter((v) => v.kind === kind).map((v) => v.name);
  }

  /** Renders inside a block: what it declares is gone afterwards. */
  block<T>(change: Partial<Place>, render: () => T): T {
    const { place, variables } = this;
    this.place = { ...place, ...change };
    this.variables = [...variables];
    try {
      return render();
    } finally {
      this.place = place;
      this.variables = variables;
    }
  }

  /** Renders inside a nested function, which knows nothing of the loops around it. */
  function<T>(change: Partial<Place>, render: () => T): T {
    return this.block({ loop: false, returnsInt: false, vararg: false, ...change }, render);
  }
}

function pickFrom(variables: readonly Variable[], choice: number): string | undefined {
  if (variables.length === 0) return undefined;
  return variables[variables.length - 1 - (choice % variables.length)]!.name;
}
