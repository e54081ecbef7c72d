// Writes the files anew that golden_test.ts compares with: deno run -A tests/support/new_tools/write_golden.ts
import { goldenPath, withCrmTools } from "./crm_tools.ts";

await withCrmTools(async (made) => {
  for (const [table, { code, sql }] of made) {
    await Deno.writeTextFile(goldenPath(table, "ts"), code);
    await Deno.writeTextFile(goldenPath(table, "sql"), sql);
  }
});
