// The test stack, as a place in which tools work.
import type { Engine } from "../../../dev/check_tools/engine.ts";
import type { Place } from "../../../dev/check_tools/acting.ts";
import * as clients from "../../../shared/db/clients.ts";
import { ids } from "../../../shared/db/ids.ts";
import * as receipts from "../../../shared/db/receipts.ts";
import { ENGINE_SCHEMA } from "../../../shared/db/schema.ts";
import { createStore } from "../../../shared/db/store.ts";
import { createToolSource } from "../../../shared/tools/toolbox.ts";
import { testStack } from "../stack/stack.ts";

/** The engine of this repository. */
export const OWN_ENGINE: Engine = { clients, receipts, ids, createToolSource, createStore };

export function ownPlace(): Place {
  const { url, publishable_key, database_url } = testStack();
  return { url, publishable_key, database_url, engine: OWN_ENGINE, schema: ENGINE_SCHEMA };
}
