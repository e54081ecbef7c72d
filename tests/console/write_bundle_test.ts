// Where the built console is written: never over what somebody else has put there.
import assert from "node:assert/strict";
import { join } from "node:path";
import { writeBundle } from "../../dev/console/build.ts";

const bundleOf = (text: string) =>
  new Map(["index.html", "console.js", "console.css"].map((name) => [name, new TextEncoder().encode(text)]));

async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("the console is built into a new folder, an empty one, and one that it was built into before", () =>
  inFolder(async (folder) => {
    for (const out of [folder, folder, join(folder, "deep", "dist")].reverse()) {
      if (out === folder) await Deno.remove(join(folder, "deep"), { recursive: true }).catch(() => {});
      await writeBundle(bundleOf("new"), out);
      assert.equal(await Deno.readTextFile(join(out, "index.html")), "new");
    }
  }));

for (const held of ["notes.txt", "index.html", ".git/config", "console.js/x"]) {
  Deno.test(`a folder that holds ${held} is refused, and nothing of it is touched`, () =>
    inFolder(async (folder) => {
      await Deno.mkdir(join(folder, held, ".."), { recursive: true });
      await Deno.writeTextFile(join(folder, held), "mine");
      await assert.rejects(
        writeBundle(bundleOf("new"), folder),
        /is not empty, and holds something else than the console .*nothing was written.* with --out\.$/,
      );
      const top = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
      assert.deepEqual(top, [held.split("/")[0]]);
      assert.equal(await Deno.readTextFile(join(folder, held)), "mine");
    }));
}

Deno.test("a file among the console's is reason enough to refuse", () =>
  inFolder(async (folder) => {
    await writeBundle(bundleOf("old"), folder);
    await Deno.writeTextFile(join(folder, "CNAME"), "agents.example");
    await assert.rejects(writeBundle(bundleOf("new"), folder), /\(CNAME\)/);
    assert.equal(await Deno.readTextFile(join(folder, "index.html")), "old");
  }));
