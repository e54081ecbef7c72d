// docs/adopt.md says whose rows a seed makes, and the CRM's seed, which its commands run, does it so.
import assert from "node:assert/strict";
import { DEMO_USER } from "../../dev/demo_user.ts";
import { pageAt } from "../support/docs/pages.ts";

Deno.test("the page names the user that is there before the seed, as the CRM's seed finds them", () => {
  const mine = `select id from auth.users where email = '${DEMO_USER.email}'`;
  assert.ok(pageAt("docs/adopt.md").text.includes(`(${mine})`));
  assert.ok(pageAt("tests/support/projects/crm/supabase/seed.sql").text.includes(`(${mine})`));
});
