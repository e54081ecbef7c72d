// What the functions read of their environment besides what the platform sets: the one list of it, made of what reads it.
import { BUDGET_VARIABLES } from "../shared/contracts/budget.ts";
import { LEASE_VARIABLES } from "../shared/contracts/lease_settings.ts";
import { WINDOW_VARIABLES } from "../shared/contracts/prompt_windows.ts";
import { ISSUERS_VARIABLE } from "../shared/http/issuer.ts";
import { MODEL_VARIABLES } from "../shared/llm/config.ts";

const OF_THE_MODEL: ReadonlySet<string> = new Set(MODEL_VARIABLES);

const OWN: ReadonlySet<string> = new Set([
  ...Object.values(BUDGET_VARIABLES),
  ...Object.values(LEASE_VARIABLES),
  ...Object.values(WINDOW_VARIABLES),
  ISSUERS_VARIABLE,
]);

type Variables = Record<string, string>;

/** Everything in `env` that the functions read. */
export function functionSettings(env: Variables): Variables {
  return { ...ownSettings(env), ...modelSettings(env) };
}

/** What they read besides the model's: budgets, windows, lifetimes, issuers. */
export function ownSettings(env: Variables): Variables {
  return given(env, OWN);
}

/** The model's. */
export function modelSettings(env: Variables): Variables {
  return given(env, OF_THE_MODEL);
}

/** A variable that is empty counts as not set. */
function given(env: Variables, names: ReadonlySet<string>): Variables {
  return Object.fromEntries(Object.entries(env).filter(([name, value]) => names.has(name) && value !== ""));
}
