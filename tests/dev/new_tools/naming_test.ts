// What the tools of a table are called.
import assert from "node:assert/strict";
import { namesFor, plural, singular, snake } from "../../../dev/new_tools/naming.ts";

const PAIRS: Record<string, string> = {
  deals: "deal",
  activities: "activity",
  companies: "company",
  statuses: "status",
  addresses: "address",
  boxes: "box",
  branches: "branch",
  analyses: "analysis",
  people: "person",
  children: "child",
  movies: "movie",
  houses: "house",
  sizes: "size",
  photos: "photo",
  areas: "area",
  heroes: "hero",
  processes: "process",
  keys: "key",
  team_members: "team_member",
  order_statuses: "order_status",
};

Deno.test("a table's last word gives the word for one row, and that one the word for several", () => {
  for (const [many, one] of Object.entries(PAIRS)) {
    assert.equal(singular(many), one);
    assert.equal(plural(one), many);
  }
});

Deno.test("what is the same for one and for several stays", () => {
  for (const word of ["news", "staff", "series", "data", "status", "address", "bus"]) {
    assert.equal(singular(word), word);
  }
  for (const word of ["news", "staff", "series", "data"]) assert.equal(plural(word), word);
});

Deno.test("names of other styles become those of tools", () => {
  assert.equal(snake("dealItems"), "deal_items");
  assert.equal(snake("DealItem"), "deal_item");
  assert.equal(snake("HTTPLogs"), "http_logs");
  assert.equal(snake("_prisma_migrations"), "prisma_migrations");
});

function names(table: string, one?: string) {
  const found = namesFor(table, one);
  return "problem" in found
    ? found.problem
    : [found.one, found.many, found.camel, found.Camel, found.Many, found.file];
}

Deno.test("a table that is named in the singular lists several", () => {
  assert.deepEqual(names("deal"), ["deal", "deals", "deal", "Deal", "Deals", "deal"]);
  assert.deepEqual(names("UserProfile"), [
    ...["user_profile", "user_profiles", "userProfile", "UserProfile", "UserProfiles", "user_profile"],
  ]);
});

Deno.test("--one says what the rules can't", () => {
  assert.deepEqual(names("folk", "person"), ["person", "people", "person", "Person", "People", "folk"]);
  assert.deepEqual(names("deal", "deal"), ["deal", "deals", "deal", "Deal", "Deals", "deal"]);
  assert.deepEqual(names("deals", "opportunity").slice(0, 2), ["opportunity", "opportunities"]);
  for (const one of ["", "Deal", "a b", "deal;", "1st"]) {
    assert.match(String(names("deals", one)), /^--one must be/);
  }
});

Deno.test("a name that is too long for a tool, or begins with a digit, needs another word", () => {
  const long = "a".repeat(62) + "s";
  assert.match(String(names(long)), /too long.*--one/);
  assert.deepEqual(names(long, "thing"), ["thing", "things", "thing", "Thing", "Things", long]);
  assert.match(String(names("_1s")), /--one/);
});
