// What the content policy refuses, and what would make text into elements, stands nowhere in the console.
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

const CONSOLE = fileURLToPath(new URL("../../console/", import.meta.url));

const FORBIDDEN: readonly RegExp[] = [
  /\b(innerHTML|outerHTML|insertAdjacentHTML|dangerouslySetInnerHTML|createContextualFragment|setHTML\w*)\b/,
  /\bdocument\s*\.\s*write/,
  /\beval\s*\(|\bnew\s+Function\b|\bset(Timeout|Interval)\s*\(\s*["'`]/,
  /\bstyle\s*=\s*["']|setAttribute\(\s*["'](style|on)/,
  /<script(?![^>]*\bsrc=)|<style|\son\w+="/,
  /\bsrcdoc\b|\bDOMParser\b|javascript:/,
];

async function* files(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory && name !== "dist") yield* files(`${folder}${name}/`);
    if (/\.(tsx?|html|css)$/.test(name)) yield `${folder}${name}`;
  }
}

Deno.test("no file of the console makes text into elements, runs text, or has a style that the policy refuses", async () => {
  let count = 0;
  for await (const file of files(CONSOLE)) {
    const source = (await Deno.readTextFile(file)).replaceAll(/^\s*(\/\/|\*|\/\*).*$/gm, "");
    for (const pattern of FORBIDDEN) assert.doesNotMatch(source, pattern, file);
    count++;
  }
  assert.ok(count > 20, "the files were not found");
});

Deno.test("what is forbidden is seen", () => {
  const samples = [
    ...[
      "el.innerHTML = x",
      "<p dangerouslySetInnerHTML={x} />",
      "document.write(x)",
      "eval(x)",
      "new Function(x)",
    ],
    ...['setTimeout("x")', '<p style="color: red">', 'el.setAttribute("style", x)', "<script>x</script>"],
    ...["<style>", '<p onclick="x">', '<a href="javascript:x">'],
  ];
  for (const sample of samples) assert.ok(FORBIDDEN.some((pattern) => pattern.test(sample)), sample);
});

Deno.test("colours stand in tokens.css alone", async () => {
  for await (const file of files(CONSOLE)) {
    if (!file.endsWith(".css") || file.endsWith("/tokens.css")) continue;
    const shades = (await Deno.readTextFile(file)).replaceAll(/rgb\(0 0 0 \/ \d+%\)/g, "");
    assert.doesNotMatch(shades, /#[0-9a-f]{3,8}\b|\b(rgb|hsl|oklch)a?\(/i, file);
  }
});
