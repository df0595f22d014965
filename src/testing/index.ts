// "perilune/testing": generators, oracles and properties for people who test a Lua by properties. Needs fast-check (4) beside it,
// and wasmoon (1.16) or fengari (0.1) for their oracles.
export { damagedProgramArbitrary } from "./generate/damage.js";
export { portableProgramArbitrary } from "./generate/portable.js";
export { expressionArbitrary, programArbitrary, statementArbitrary } from "./generate/program.js";
export { tokenStreamArbitrary } from "./generate/tokens.js";
export { type Jit, type Observation, type RunOptions, observe } from "./observe.js";
export { type Oracle, type PeriluneOptions, QUESTIONS, type Question, fengariOracle, periluneOracle, wasmoonOracle } from "./oracle.js";
export { nativeOracle } from "./native-oracle.js";
export { OWN_PROPERTIES, type Property, comparedWith, difference } from "./properties.js";
