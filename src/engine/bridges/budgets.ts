// Budgets as scripts write and read them.
import { type OptionsType, options } from "./options.js";
import type { Account, Amounts, BudgetLimits } from "./services/budget.js";
import { record } from "./services/json-value.js";

export const BUDGET: OptionsType = options("Budget", {
  tokens: { type: "integer", doc: "Tokens, of prompts and answers.", min: 0 },
  model_calls: { type: "integer", doc: "Calls of models.", min: 0 },
  tool_calls: { type: "integer", doc: "Calls of tools.", min: 0 },
  wall_time: { type: "integer", doc: "Milliseconds; waiting for an approval does not count.", min: 0 },
  money: { type: "number", doc: "Money by the host's prices.", min: 0 },
});

export interface BudgetFields {
  readonly tokens?: number;
  readonly model_calls?: number;
  readonly tool_calls?: number;
  readonly wall_time?: number;
  readonly money?: number;
}

export function budgetIn({ tokens, model_calls: modelCalls, tool_calls: toolCalls, wall_time: wallTime, money }: BudgetFields): BudgetLimits {
  return Object.fromEntries(Object.entries({ tokens, modelCalls, toolCalls, wallTime, money }).filter(([, amount]) => amount !== undefined)) as BudgetLimits;
}

/** `limits`, `spent` and `left`; without a limit a unit is in `spent` only. */
export function accountOut(account: Account): Record<string, unknown> {
  const left = Object.fromEntries((Object.keys(account.limits) as (keyof Amounts)[]).map((unit) => [unit, account.left(unit)]));
  return record<unknown>([["limits", amountsOut(account.limits)], ["spent", amountsOut(account.spent)], ["left", amountsOut(left)]]);
}

function amountsOut({ tokens, modelCalls, toolCalls, wallTime, money }: BudgetLimits): Record<string, unknown> {
  const fields = { tokens, model_calls: modelCalls, tool_calls: toolCalls, wall_time: wallTime === undefined ? undefined : Math.round(wallTime), money };
  return record(Object.entries(fields).filter(([, amount]) => amount !== undefined));
}
