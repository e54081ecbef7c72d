// Whose a row is, as its table says: by a name, a default, or its policies.
import assert from "node:assert/strict";
import { ownerColumn } from "../../../dev/new_tools/owner_column.ts";
import type { Policy } from "../../../dev/new_tools/relation.ts";
import { column, relation } from "../../support/new_tools/relations.ts";

const uuid = (name: string, usual: string | null = null) => column(name, { type: "uuid", default: usual });

function owner(names: ReturnType<typeof column>[], ...policies: Policy[]) {
  const one = relation("things", [], { policies });
  return ownerColumn({ ...one, columns: names })?.name;
}

const reads = (using: string): Policy => ({ command: "select", using, check: null });
const inserts = (check: string): Policy => ({ command: "insert", using: null, check });

Deno.test("user_id is, and a column that has the user's id for a default", () => {
  assert.equal(owner([uuid("id"), uuid("user_id")]), "user_id");
  assert.equal(owner([uuid("id"), uuid("made_by", "auth.uid()")]), "made_by");
  assert.equal(owner([column("user_id", { type: "int8" })]), undefined);
});

const COMPARED = [
  "(auth.uid() = owner)",
  "(( SELECT auth.uid() AS uid) = owner)",
  "(owner = auth.uid())",
  "(owner = ( SELECT auth.uid() AS uid))",
  "((auth.uid())::text = (owner)::text)",
  '("owner" = auth.uid())',
  "((owner = auth.uid()) AND (deleted_at IS NULL))",
];

Deno.test("a column that policies compare with the user's id is, however that is written", () => {
  for (const using of COMPARED) {
    assert.equal(owner([uuid("id"), uuid("owner")], reads(using)), "owner", using);
  }
});

const ELSEWHERE = [
  "(EXISTS ( SELECT 1 FROM members m WHERE ((m.owner = auth.uid()) AND (m.team = things.id))))",
  "(id IN ( SELECT m.owner FROM members m WHERE (auth.uid() = m.owner)))",
  "is_owner(auth.uid(), owner)",
  "(auth.uid() IS NOT NULL)",
  "((auth.jwt() ->> 'owner'::text) = 'x'::text)",
];

Deno.test("a column of another table that has the same name is not", () => {
  for (const using of ELSEWHERE) {
    assert.equal(owner([uuid("id"), uuid("owner")], reads(using)), undefined, using);
  }
});

Deno.test("of a sender and a receiver, who inserts is the owner; where that is not said nobody is", () => {
  const both = [uuid("sender"), uuid("receiver")];
  const read = reads("((auth.uid() = sender) OR (auth.uid() = receiver))");
  assert.equal(owner(both, read), undefined);
  assert.equal(owner(both, read, inserts("(auth.uid() = sender)")), "sender");
});
