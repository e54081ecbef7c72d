// What the pages point at is there: files, headings, tasks, settings, and whatever else they call by its name in the
// code. A name that was changed in the code and not in the pages fails here.
import assert from "node:assert/strict";
import { dirname, join, normalize } from "node:path/posix";
import { createAgentClient } from "../../client/mod.ts";
import { blockCommands, denoTasks } from "../support/docs/commands.ts";
import {
  codeSpans,
  fences,
  type Page,
  pageAt,
  pages,
  prose,
  REPOSITORY,
  where,
} from "../support/docs/pages.ts";

const PAGES = pages();
const SPANS = PAGES.flatMap(codeSpans);
const FILES = [...files("")];
const SOURCE = FILES.filter((file) =>
  /\.(ts|sql|toml|json)$|^\.env/.test(file) && !file.startsWith("tests/docs/")
)
  .map((file) => Deno.readTextFileSync(`${REPOSITORY}${file}`)).join("\n");

Deno.test("every relative link leads to a file, and to a heading where it names one", () => {
  for (const page of PAGES) {
    for (const [, target = ""] of prose(page).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      const [path = "", anchor] = target.split("#");
      const file = path === "" ? page.path : normalize(join(dirname(page.path), path));
      assert.ok(isThere(file), `${page.path} links to ${target}`);
      if (anchor === undefined) continue;
      const linked = PAGES.find((one) => one.path === file);
      assert.ok(linked && anchors(linked).includes(anchor), `${page.path} links to ${target}`);
    }
  }
});

Deno.test("every page is linked from the README", () => {
  const readme = PAGES.find(({ path }) => path === "README.md");
  for (const { path } of PAGES) {
    if (path !== "README.md") assert.ok(readme?.text.includes(`](${path})`), path);
  }
});

Deno.test("every path that a page names exists", () => {
  const tops = new Set(FILES.map((file) => file.split("/")[0]));
  for (const span of SPANS) {
    const isPath = /^[\w.@-]+(\/[\w.@-]+)*\/?$/.test(span.text) && span.text.includes("/");
    if (isPath && tops.has(span.text.split("/")[0])) {
      assert.ok(isThere(span.text), `${where(span)}: ${span.text}`);
    }
  }
});

Deno.test("every file that a page names without its folder exists once in the product, or once elsewhere", () => {
  for (const span of SPANS) {
    if (!/^[\w-]+\.(ts|sql|toml|md|yml)$/.test(span.text)) continue;
    const named = FILES.filter((file) => file.split("/").at(-1) === span.text);
    const product = named.filter((file) => /^(shared|client|supabase)\//.test(file));
    const found = product.length > 0 ? product : named;
    assert.equal(found.length, 1, `${where(span)}: ${span.text} is ${found.join(", ") || "nowhere"}`);
  }
});

Deno.test("every deno task that a page names is one of deno.json, and the pinned Deno is the one of .ci/run", () => {
  const { tasks } = JSON.parse(Deno.readTextFileSync(`${REPOSITORY}deno.json`));
  const named = PAGES.flatMap(denoTasks);
  assert.ok(named.length > 5);
  for (const { task, ...place } of named) assert.ok(task in tasks, `${where(place)}: deno task ${task}`);

  const [pinned] = /deno@[\d.]+/.exec(pageAt(".ci/run").text) ?? [];
  for (const { path, text } of [...PAGES, pageAt(".ci/docker")]) {
    for (const [version] of text.matchAll(/deno@[\d.]+\d/g)) assert.equal(version, pinned, path);
  }
});

Deno.test("what the workflow runs are scripts that are there and may be executed", () => {
  const workflow = pageAt(".github/workflows/ci.yml").text;
  const scripts = [...workflow.matchAll(/^ +- run: (.*)$/gm)].map(([, script = ""]) => script);
  assert.deepEqual(scripts, [".ci/run", ".ci/docker"]);
  for (const script of scripts) {
    const { mode } = Deno.statSync(`${REPOSITORY}${script}`);
    assert.ok(mode !== null && (mode & 0o100) !== 0, script);
  }
});

Deno.test("every variable that a page names is in .env.example or read by the code", () => {
  for (const { text, ...place } of SPANS) {
    for (const [name] of text.matchAll(/\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b(?!\*)/g)) {
      assert.match(SOURCE, new RegExp(`\\b${name}\\b`), `${where(place)}: ${name}`);
    }
  }
});

Deno.test("every name of a table, column, function or field that a page uses occurs in the code", () => {
  for (const { text, ...place } of SPANS) {
    for (
      const [name] of text.matchAll(/\b[a-z]+(?:_[a-z0-9]+)+\b(?!\.(?:ts|sql)\b)|\b[a-z]+(?:[A-Z][a-z]+)+\b/g)
    ) {
      assert.match(SOURCE, new RegExp(`\\b${name}(?![a-z0-9])`), `${where(place)}: ${name}`);
    }
  }
});

Deno.test("every block is in a language that a test reads, and every sh command is of a kind that one checks", () => {
  for (const fence of PAGES.flatMap(fences)) {
    assert.match(fence.language, /^(ts|sh|sql|text)$/, `${where(fence)}: ${fence.language || "no language"}`);
  }
  for (const { text, ...place } of PAGES.flatMap(blockCommands)) {
    assert.match(
      text,
      /^(npx -y deno@\S+ task |deno task |npx supabase@|curl |cp \.env|git clone )/,
      `${where(place)}: ${text}`,
    );
  }
});

Deno.test("every method of the client is called in a program of the page that describes it", () => {
  const client = createAgentClient({ url: "http://127.0.0.1", publishable_key: "key", token: () => "" });
  const programs = fences(pageAt("docs/api.md")).filter(({ language, info }) =>
    language === "ts" && info === ""
  );
  const code = programs.map((fence) => fence.code).join("\n");
  assert.deepEqual(Object.keys(client).filter((method) => !code.includes(`agent.${method}(`)), []);
});

function isThere(path: string): boolean {
  const plain = path.replace(/\/$/, "");
  return FILES.some((file) => file === plain || file.startsWith(`${plain}/`));
}

/** The fragments that GitHub gives to the headings of a page. */
function anchors({ text }: Page): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading.toLowerCase().replaceAll(/[^\w\- ]/g, "").replaceAll(" ", "-")
  );
}

function* files(folder: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(`${REPOSITORY}${folder}`)) {
    if (name === ".git" || name === "node_modules" || name === ".env") continue;
    if (isDirectory) yield* files(`${folder}${name}/`);
    else yield `${folder}${name}`;
  }
}
