// Records anew what the projections make of the golden logs: `deno run --allow-read --allow-write
// tests/protocols/record.ts`. Read the difference before you commit it: clients that are there have to take it.
import { readGoldenLogs } from "../golden/golden_log.ts";
import { fileOf, PROJECTIONS, recordingOf } from "./recording.ts";

const logs = await readGoldenLogs();
await Deno.mkdir(new URL("./", fileOf({ name: "ag_ui", frames: () => [] })), { recursive: true });
for (const projected of PROJECTIONS) {
  await Deno.writeTextFile(fileOf(projected), recordingOf(projected, logs));
}
