// Dry runs, approved writes and undoing that meet over the API: whoever comes first, nothing is done that nobody has
// approved, and a dry run leaves nothing behind.
import assert from "node:assert/strict";
import { createPersonClient } from "../../shared/db/clients.ts";
import { test_domain } from "../support/domain/test_domain.ts";
import { newUser, testStack, type TestUser } from "../support/stack/stack.ts";
import { approve, show } from "../support/tools/decided_call.ts";
import { proposeOpen } from "../support/tools/proposed_call.ts";
import { toolUser } from "../support/tools/tool_user.ts";

/** One user's book. */
interface Shelf {
  me: TestUser;
  titleNow(): Promise<string>;
  /** A call that waits to give the book another title. */
  asked(title: string): Promise<Asked>;
  /** The same, approved as a dry run has shown it. */
  approved(title: string): Promise<Asked>;
}

interface Asked {
  call_id: string;
  /** The title that the book has for a dry run; undefined where none was made. */
  dryRun(): Promise<unknown>;
  /** What a dry run has found is shown to the person, who approves it; the title that it has found. */
  approve(): Promise<unknown>;
  /** `ok`, or why the write was not made. */
  write(): Promise<string>;
}

/** Rivals, and how it may end for them: each end is checked against the book's title. */
type Race = (shelf: Shelf) => Promise<string>;

export const RACES: Record<string, { race: Race; ends: readonly string[] }> = {
  "a dry run and another call's write: it shows what was before, and is stale then, or what is now": {
    ends: ["saw before, then stale: other", "saw other, then ok: mine"],
    async race({ asked, approved, titleNow }) {
      const [mine, other] = [await asked("mine"), await approved("other")];
      const [saw, written] = await Promise.all([mine.approve(), other.write()]);
      assert.equal(written, "ok");
      return `saw ${saw}, then ${await mine.write()}: ${await titleNow()}`;
    },
  },
  "a dry run and the write of its own call: the write is made, once": {
    ends: ["ok: mine"],
    async race({ approved, titleNow }) {
      const mine = await approved("mine");
      const [, written] = await Promise.all([mine.dryRun(), mine.write(), mine.dryRun()]);
      return `${written}: ${await titleNow()}`;
    },
  },
  "a dry run and the cancel of its run: nothing is changed": {
    ends: ["before"],
    async race({ me, asked, titleNow }) {
      const mine = await asked("mine");
      const { data } = await me.client.from("agent_tool_calls").select("run_id").eq("id", mine.call_id)
        .single();
      await Promise.all([mine.dryRun(), me.client.rpc("cancel_run", { p_run_id: data?.run_id ?? "" })]);
      return await titleNow();
    },
  },
  "two approved writes to one row: one is made, the other is stale": {
    ends: ["ok, stale: mine", "stale, ok: other"],
    async race({ approved, titleNow }) {
      const [mine, other] = [await approved("mine"), await approved("other")];
      const written = await Promise.all([mine.write(), other.write()]);
      return `${written.join(", ")}: ${await titleNow()}`;
    },
  },
  "an approved write and the undoing of what was before: one of the two is refused": {
    ends: ["undone, stale: before", "changed_since, ok: other"],
    async race({ me, approved, titleNow }) {
      const first = await approved("mine");
      assert.equal(await first.write(), "ok");
      const other = await approved("other");
      const person = createPersonClient(testStack(), me.token, fetch);
      const [undone, written] = await Promise.all([
        person.rpc("undo_tool_call", { p_call_id: first.call_id }),
        other.write(),
      ]);
      return `${undone.error?.message ?? "undone"}, ${written}: ${await titleNow()}`;
    },
  },
};

/** Lets the rivals meet so many times, each time on rows of their own; fails at an end that may not be. */
export async function meet({ race, ends }: (typeof RACES)[string], times: number): Promise<void> {
  const one = async () => {
    const end = await race(await newShelf());
    assert.ok(ends.includes(end), end);
  };
  await Promise.all(Array.from({ length: times }, one));
}

async function newShelf(): Promise<Shelf> {
  const me = await newUser();
  const book = await me.client.from("books").insert({ title: "before" }).select("id").single();
  assert.ok(book.data);
  const { id } = book.data;
  const asked = (title: string) => newCall(me, id, title);
  return {
    me,
    asked,
    async titleNow() {
      const { data } = await me.client.from("books").select("title").eq("id", id).single();
      return String(data?.title);
    },
    async approved(title) {
      const call = await asked(title);
      await call.approve();
      return call;
    },
  };
}

async function newCall(me: TestUser, book_id: string, title: string): Promise<Asked> {
  const { toolbox } = toolUser(test_domain, me);
  const call_id = crypto.randomUUID();
  const call = { call_id, name: "update_book", arguments: { book_id, updates: { title } } };
  await proposeOpen(me, { id: call_id, name: call.name, arguments: call.arguments });
  async function effects() {
    const preview = await toolbox.preview(call);
    return preview.kind === "effects" ? preview.effects : [];
  }
  return {
    call_id,
    dryRun: effects,
    async approve() {
      const found = await effects();
      await show(me, call_id, { effects: found });
      await approve(me, call_id);
      const [effect] = found;
      return effect?.op === "update" ? effect.changes.title?.[0] : undefined;
    },
    async write() {
      const result = await toolbox.dispatch(call);
      return result.ok ? "ok" : result.error;
    },
  };
}
