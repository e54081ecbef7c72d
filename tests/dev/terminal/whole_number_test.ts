import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { countOf, portOf } from "../../../dev/terminal/whole_number.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

Deno.test("a port is a whole number up to the last one, a count any whole number", () => {
  assert.deepEqual([portOf("0"), portOf("65535"), countOf("pace", "99999")], [0, 65_535, 99_999]);
  for (const text of ["65536", "99999", "-1", "1.5", "1e3", "", " 1", "port"]) {
    assert.throws(() => portOf(text), {
      message: `--port must be a whole number from 0 to 65535, not "${text}".`,
    });
  }
  for (const text of ["-1", "1.5", "", "many"]) {
    assert.throws(() => countOf("pace", text), /^Error: --pace must be/);
  }
});

for (const file of ["dev/main.ts", "dev/demo.ts", "dev/console.ts"]) {
  Deno.test(`${file} tells of a port that is none before anything starts, with its help`, async () => {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-check", "--allow-all", "--unstable-no-legacy-abort", file, "--port", "99999"],
      ...{ cwd: ROOT, stdin: "null", stdout: "piped", stderr: "piped" },
    }).output();
    const said = new TextDecoder().decode(stderr);
    assert.equal(code, 2, said);
    assert.match(said, /^--port must be a whole number from 0 to 65535, not "99999"\.\n\nUsage: /m);
    assert.equal(new TextDecoder().decode(stdout), "");
  });
}
