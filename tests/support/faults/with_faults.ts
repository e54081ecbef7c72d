// The one seam for faults: the agents' ports, decorated. The agents know nothing of it, and where it is not
// asked for there is nothing of it.
import type { Model, StepInvoker, Store, Successor, ToolSource } from "../../../shared/agents/ports.ts";
import type { Pass } from "./fault_point.ts";
import { faultyHandOff } from "./faulty_hand_off.ts";
import { faultyInvoke } from "./faulty_invoke.ts";
import { faultyModel } from "./faulty_model.ts";
import { faultyStore } from "./faulty_store.ts";
import { faultyTools } from "./faulty_tools.ts";

export interface Ports {
  store: Store;
  model: Model;
  tools: ToolSource;
  invoke: StepInvoker;
  handOff: Successor;
}

/** The same things, with every boundary of their ports announced to `pass`. */
export function withFaults<Deps extends Ports>(deps: Deps, pass: Pass): Deps {
  return {
    ...deps,
    store: faultyStore(deps.store, pass),
    model: faultyModel(deps.model, pass),
    tools: faultyTools(deps.tools, pass),
    invoke: faultyInvoke(deps.invoke, pass),
    handOff: faultyHandOff(deps.handOff, pass),
  };
}
