// The default overview reads a part of a table of 120,000 rows and not the whole, wherever its user's rows lie in it.
import assert from "node:assert/strict";
import { testStack } from "../support/stack/stack.ts";
import { costOf, withBigTables } from "../support/subjects/big_tables.ts";

/** A table of 120,000 rows has some 1,500. */
const MOST_PAGES = 1_000;

Deno.test("each of six kinds on 120,000 rows is shown by fewer than a thousand pages", async () => {
  await withBigTables(testStack().admin_url, 120_000, async (tables) => {
    const subjects = await tables.sql`select name from agent_subjects`;
    assert.equal(subjects.length, 6);
    for (const { name } of subjects) {
      const { pages } = await costOf(
        tables,
        `select private.subject_overview(s) from public.agent_subjects s where name = '${name}'`,
      );
      assert.ok(pages < MOST_PAGES, `${name} reads ${pages} pages`);
    }
  });
});
