// The runner of the tests, run on small test files of every kind.
import assert from "node:assert/strict";
import { relative } from "node:path/posix";
import { fileURLToPath } from "node:url";
import { denoEnvironment } from "../../dev/process/environment.ts";
import { runGroups } from "../../dev/testing/run_groups.ts";
import { runTests } from "../../dev/testing/run_tests.ts";
import { selectTests } from "../../dev/testing/test_arguments.ts";
import { finalSum, readSum } from "../../dev/testing/final_sum.ts";
import { depthOf, inGroups, partsFor, testFiles } from "../../dev/testing/test_files.ts";
import { readTestOutput } from "../../dev/testing/test_output.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

const FILES = {
  sound: `console.log("Skipped: There is no moon.");
    Deno.test("one", () => {});
    Deno.test("two", async (t) => { await t.step("step", () => {}); });
    Deno.test("left out", { ignore: true }, () => {});`,
  failing: `Deno.test("good", () => {});
    Deno.test("bad", () => { console.log("good ... ok (1ms)"); throw new Error("That is why"); });
    Deno.test("bad step", async (t) => { await t.step("step", () => { throw new Error("Deep down"); }); });`,
  broken: `throw new Error("It does not load");`,
  straying: `Deno.test("left behind", async () => {
      setTimeout(() => { throw new Error("Too late"); });
      await new Promise((resolve) => setTimeout(resolve, 60_000));
    });`,
  deadly: `Deno.test("good", () => {});
    Deno.test("deadly", () => Deno.kill(Deno.pid, "SIGKILL"));`,
  hanging: `Deno.test("good", () => {});
    Deno.test("for ever", async () => {
      console.log("I wait");
      await new Promise((resolve) => setTimeout(resolve, 600_000));
    });`,
};

type Name = keyof typeof FILES;

/** Test files of these kinds in a folder of their own. */
async function written(...names: Name[]) {
  const folder = await Deno.makeTempDir({ prefix: "test-runner-" });
  const path = (name: Name) => `${folder}/${name}_test.ts`;
  for (const name of names) await Deno.writeTextFile(path(name), FILES[name]);
  return {
    files: names.map(path),
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

const WAY = {
  options: ["--no-check", "--no-config"],
  for_tests: [],
  env: denoEnvironment(),
  patience_ms: 60_000,
};

async function resultOf(...names: Name[]) {
  await using folder = await written(...names);
  return await runTests({ ...WAY, files: folder.files });
}

Deno.test("the runner counts tests, not their steps, and what is ignored by itself", async () => {
  const { passed, failed, ignored, failures } = await resultOf("sound");
  assert.deepEqual({ passed, failed, ignored, failures }, { passed: 2, failed: 0, ignored: 1, failures: "" });
});

Deno.test("a group whose tests were left out for a reason says it, once for all of them", async () => {
  await using folder = await written("sound");
  const printed: string[] = [];
  const groups = ["a", "b"].map((name) => ({ name, files: folder.files }));
  const { ignored } = await runGroups(groups, {
    ...WAY,
    at_once: 1,
    print: (line) => void printed.push(line),
  });
  assert.equal(ignored, 2);
  assert.deepEqual(printed.filter((line) => line.startsWith("Skipped")), ["Skipped: There is no moon."]);
});

Deno.test("the runner tells every failure whole, and is not fooled by what tests print", async () => {
  const { passed, failed, failures } = await resultOf("sound", "failing");
  assert.deepEqual({ passed, failed }, { passed: 3, failed: 2 });
  assert.match(failures, /That is why/);
  assert.match(failures, /Deep down/);
});

Deno.test("a file that does not load is a failure, and the other files count", async () => {
  const { passed, failed, failures } = await resultOf("broken", "sound");
  assert.deepEqual({ passed, failed }, { passed: 2, failed: 1 });
  assert.match(failures, /It does not load/);
});

Deno.test("an error that no test catches is a failure", async () => {
  const { passed, failed, failures } = await resultOf("sound", "straying");
  assert.equal(passed, 2);
  assert.ok(failed > 0);
  assert.match(failures, /Too late/);
});

Deno.test("a file that is not there is a failure", async () => {
  const { passed, failed } = await runTests({ ...WAY, files: ["nowhere_test.ts"] });
  assert.deepEqual({ passed, failed }, { passed: 0, failed: 1 });
});

Deno.test("a runner that dies is a failure", async () => {
  const { failed, failures } = await resultOf("deadly");
  assert.equal(failed, 1);
  assert.notEqual(failures, "");
});

Deno.test("of a runner that dies the test is named, and what passed before counts", () => {
  const output = readTestOutput();
  output.write("running 5 tests from ./a_test.ts\none ... ok (1ms)\ntwo ... FAILED (1ms)\n");
  output.write("three ... ignored (0ms)\nfour ...\n------- output -------\nfive ... ok (1ms)\n");
  const { passed, failed, ignored, failures } = output.end(137, "Killed");
  assert.deepEqual({ passed, failed, ignored }, { passed: 1, failed: 2, ignored: 1 });
  assert.match(failures, /^It was at \.\/a_test\.ts "four"[^]*Killed$/);
});

Deno.test("a runner that says that it failed and names no test is a failure", () => {
  const output = readTestOutput();
  output.write("running 1 test from ./a_test.ts\none ... ok (1ms)\n\nok | 1 passed | 0 failed (2ms)\n");
  const { passed, failed, failures } = output.end(1, "No such file");
  assert.deepEqual({ passed, failed }, { passed: 1, failed: 1 });
  assert.match(failures, /No such file$/);
});

Deno.test("a test that hangs is ended and named", async () => {
  await using folder = await written("hanging");
  const { passed, failed, failures } = await runTests({ ...WAY, files: folder.files, patience_ms: 3_000 });
  assert.deepEqual({ passed, failed }, { passed: 1, failed: 1 });
  assert.match(failures, /^Hung: .*hanging_test\.ts "for ever"/);
});

Deno.test("each group is a line with its count, and failures come whole at the end", async () => {
  await using folder = await written("sound", "failing", "broken");
  const lines: string[] = [];
  const names = ["first", "second", "third"];
  const groups = folder.files.map((file, at) => ({ name: names[at] ?? "", files: [file] }));
  const sum = await runGroups(groups, { ...WAY, at_once: 2, print: (line) => void lines.push(line) });
  assert.deepEqual(sum, { passed: 3, failed: 3, ignored: 1 });
  assert.deepEqual(lines.slice(0, 3).map((line) => line.replace(/ +\S+ s$/, "")).sort(), [
    "first       2 passed, 1 ignored",
    "second      1 passed, 2 FAILED",
    "third       0 passed, 1 FAILED",
  ]);
  const told = lines.slice(3).join("\n");
  assert.match(told, /== second[^]*That is why/);
  assert.match(told, /== third[^]*It does not load/);
});

Deno.test("the output is read right wherever it is cut in pieces", () => {
  const text = "\x1b[90mrunning 2 tests from ./a_test.ts\x1b[0m\none ... ok (1ms)\ntwo ...\n" +
    "------- output -------\nthree ... FAILED (1ms)\n----- output end -----\ntwo ... ok (2s)\n\n" +
    "ok | 2 passed (3 steps) | 0 failed | 1 ignored (2s)\n\n";
  for (let size = 1; size < 20; size++) {
    const output = readTestOutput();
    for (let at = 0; at < text.length; at += size) output.write(text.slice(at, at + size));
    assert.deepEqual(output.end(0, ""), { passed: 2, failed: 0, ignored: 1, failures: "", skips: [] });
  }
});

Deno.test("of a slow test is heard that it runs, which is no news, and its end is counted", () => {
  const output = readTestOutput();
  output.write("running 1 test from ./a_test.ts\nthe user's own ...");
  for (const minutes of [1, 2]) {
    assert.equal(output.write(`'the user's own' has been running for over (${minutes}m0s)\n`), false);
    assert.equal(output.underWay(), `./a_test.ts "the user's own"`);
  }
  assert.equal(output.write(" ok (2m2s)\n"), true);
  assert.equal(output.underWay(), `./a_test.ts after "the user's own"`);
  assert.equal(output.end(137, "Killed").passed, 1);
});

Deno.test("every test file is run by one of the two tasks, a deep one by its name", () => {
  const all = [...testFiles(ROOT, "tests", "quick"), ...testFiles(ROOT, "tests", "deep")];
  assert.equal(new Set(all).size, all.length);
  const here = relative(ROOT, fileURLToPath(import.meta.url));
  for (const file of [here, "tests/imports_test.ts", "tests/agents/loop/agent_loop_test.ts"]) {
    assert.ok(all.includes(file), `${file} was not found`);
  }
  for (const folder of ["client", "dev", "shared", "supabase"]) {
    const elsewhere = [...testFiles(ROOT, folder, "quick"), ...testFiles(ROOT, folder, "deep")];
    assert.deepEqual(elsewhere, [], "tests stand in tests/");
  }
  assert.equal(depthOf("tests/e2e/chaos_deep_test.ts"), "deep");
  assert.equal(depthOf("tests/e2e/chaos_test.ts"), "quick");
  assert.equal(depthOf("tests/support/test.ts"), null);
  const grouped = (["quick", "deep"] as const).flatMap((depth) =>
    inGroups(testFiles(ROOT, "tests", depth), depth).flatMap(({ files }) => files)
  );
  assert.deepEqual(grouped.sort(), all.sort());
});

Deno.test("a file is tested on the domain that it is about", () => {
  for (const file of ["tests/domain/db/workspace_rls_test.ts", "tests/deploy/types_test.ts"]) {
    assert.equal(partsFor(file), "product", file);
  }
  for (
    const file of ["tests/db/usage_test.ts", "tests/e2e/simple_turn_test.ts", "tests/tools/domain_test.ts"]
  ) {
    assert.equal(partsFor(file), "test_domain", file);
  }
});

Deno.test("the last line sums up every stack and every step, and the exit code goes with it", () => {
  const [green, red] = [{ passed: 3, failed: 0, ignored: 1 }, { passed: 2, failed: 1, ignored: 0 }];
  const none = { made: 0, failed: 0 };
  assert.deepEqual(finalSum([green, green], { made: 2, failed: 0 }), {
    line: "8 passed, 0 failed, 2 skipped",
    code: 0,
  });
  for (const counts of [[green, red], [red, green]]) {
    assert.deepEqual(finalSum(counts, none), { line: "5 passed, 1 failed, 1 skipped", code: 1 });
  }
  assert.deepEqual(finalSum([green], { made: 2, failed: 1 }), {
    line: "4 passed, 1 failed, 1 skipped",
    code: 1,
  });
});

/** What these words select; fails where they select nothing. */
function selected(args: readonly string[], depth: "quick" | "deep") {
  const selection = selectTests(ROOT, args, depth);
  if ("problem" in selection) throw new Error(selection.problem);
  return selection;
}

Deno.test("a folder stands for its files of the task's depth, a file for itself, and the rest is for deno test", () => {
  const quick = selected(["tests/client/", "--filter", "tests", "--", "a", "tests/e2e"], "quick");
  assert.deepEqual(quick.files, testFiles(ROOT, "tests/client", "quick"));
  assert.deepEqual(quick.options, ["--filter", "tests"]);
  assert.deepEqual(quick.for_tests, ["--", "a", "tests/e2e"]);
  assert.deepEqual(selected(["--filter", "a/b.ts"], "quick").options, ["--filter", "a/b.ts"]);
  const deep = "tests/e2e/chaos_deep_test.ts";
  assert.deepEqual(selected([`./${deep}`], "quick").files, [deep]);
  assert.deepEqual(selected([], "deep").files, testFiles(ROOT, "tests", "deep"));
});

Deno.test("words that name no test are told in a sentence", () => {
  const NONE = {
    "tests/nowhere": "Cannot run tests/nowhere: there is no such file or folder",
    "nowhere_test.ts": "Cannot run nowhere_test.ts: there is no such file or folder",
    "tests/golden": "Cannot run tests/golden: there is no deep test in it",
  };
  for (const [word, problem] of Object.entries(NONE)) {
    assert.deepEqual(selectTests(ROOT, [word], "deep"), { problem });
  }
});

Deno.test("a run without a test fails, whatever went before, and says so", () => {
  const [none, ignored] = [{ passed: 0, failed: 0, ignored: 0 }, { passed: 0, failed: 0, ignored: 1 }];
  for (const counts of [[], [none], [none, ignored]]) {
    const { line, code } = finalSum(counts, { made: 1, failed: 0 });
    assert.match(line, /^No test was run/);
    assert.equal(code, 1);
  }
});

Deno.test("a run inside of a run is counted by its last line", () => {
  const counts = { passed: 3, failed: 1, ignored: 2 };
  const { line } = finalSum([counts], { made: 0, failed: 0 });
  assert.deepEqual(readSum(`1 passed, 0 failed\nok\n${line}\nwarning\n`), counts);
  assert.deepEqual(readSum("3 passed, 0 failed\n"), { passed: 3, failed: 0, ignored: 0 });
  assert.equal(readSum("No test was run: none is of that name\n"), null);
});
