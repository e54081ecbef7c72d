// The committed types against the migrations.
import assert from "node:assert/strict";
import { TYPE_FILES, typesOf } from "../../dev/type_files.ts";
import { REPOSITORY } from "../support/deploy/cli.ts";
import { migratedDatabase } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";

for (const { path, migrations } of TYPE_FILES) {
  test(`${path} is what the CLI generates from the migrations`, async () => {
    const { url, drop } = await migratedDatabase(migrations);
    try {
      const generated = await typesOf(url, ["public"]);
      const committed = await Deno.readTextFile(`${REPOSITORY}${path}`);
      assert.ok(
        generated === committed,
        `The migrations have changed: write the types anew with \`deno task types\`.\n${
          firstDifference(committed, generated)
        }`,
      );
    } finally {
      await drop();
    }
  });
}

function firstDifference(committed: string, generated: string): string {
  const [old, now] = [committed.split("\n"), generated.split("\n")];
  const line = now.findIndex((text, i) => text !== old[i]);
  return `Line ${line + 1}:\n- ${old[line] ?? ""}\n+ ${now[line] ?? ""}`;
}
