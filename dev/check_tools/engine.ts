// The engine of the project whose tools are checked: its own copy, so that tools and toolbox are of one make.
import { join } from "node:path";
import { pathToFileURL } from "node:url";

type Clients = typeof import("../../shared/db/clients.ts");
type Receipts = typeof import("../../shared/db/receipts.ts");

export interface Engine {
  clients: Pick<
    Clients,
    "createEngineClient" | "createPersonClient" | "createReadOnlyDb" | "createWriteDb" | "createPreviewDb"
  >;
  receipts: Pick<Receipts, "createReceiptOf" | "createIsUndoable">;
  ids: typeof import("../../shared/db/ids.ts").ids;
  createToolSource: typeof import("../../shared/tools/toolbox.ts").createToolSource;
  createStore: typeof import("../../shared/db/store.ts").createStore;
}

/** Loads it from the folder that holds it. */
export async function loadEngine(folder: string): Promise<Engine> {
  const file = (path: string) => pathToFileURL(join(folder, path)).href;
  const clients: Clients = await import(file("db/clients.ts"));
  const receipts: Receipts = await import(file("db/receipts.ts"));
  const ids: typeof import("../../shared/db/ids.ts") = await import(file("db/ids.ts"));
  const toolbox: typeof import("../../shared/tools/toolbox.ts") = await import(file("tools/toolbox.ts"));
  const store: typeof import("../../shared/db/store.ts") = await import(file("db/store.ts"));
  return {
    ...{ clients, receipts, ids: ids.ids, createToolSource: toolbox.createToolSource },
    createStore: store.createStore,
  };
}
