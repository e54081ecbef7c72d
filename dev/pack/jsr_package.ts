// The client as JSR takes it: its sources, which need nothing from elsewhere but React for the hook.
import manifest from "../../client/manifest.json" with { type: "json" };
import { VERSION } from "../../shared/version.ts";
import type { Sources } from "./plain_sources.ts";

export function jsrFiles(sources: Sources): Sources {
  const { name, license } = manifest;
  const config = {
    ...{ name, version: VERSION, license, exports: { ".": "./mod.ts", "./react": "./react.ts" } },
    // A range of majors is nothing that JSR takes; on npm the peer says which.
    imports: { react: "npm:react@^19.0.0" },
  };
  return new Map([...sources, ["jsr.json", `${JSON.stringify(config, null, 2)}\n`]]);
}
