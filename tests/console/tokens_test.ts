// The contrasts of tokens.css, computed from the file as WCAG 2 has them.
import assert from "node:assert/strict";

const SOURCE = await Deno.readTextFile(new URL("../../console/tokens.css", import.meta.url));
const PAIR = /--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);/g;
const TOKENS = [...SOURCE.matchAll(PAIR)].map(([, name = "", light = "", dark = ""]) => ({
  name,
  light,
  dark,
}));
const GROUNDS = ["bg", "panel", "sunken"];
const WITH_SOFT = ["accent", "ok", "warn", "bad", "model", "read"];

function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

for (const theme of ["light", "dark"] as const) {
  const colour = (name: string) => {
    const token = TOKENS.find((one) => one.name === name);
    assert.ok(token, `there is no token ${name}`);
    return token[theme];
  };
  const keeps = (over: string, under: string, least: number) => {
    const reached = contrast(colour(over), colour(under));
    assert.ok(reached >= least, `${over} on ${under} in ${theme}: ${reached.toFixed(2)}`);
  };

  Deno.test(`every colour of text can be read on every ground in ${theme}`, () => {
    for (const ground of GROUNDS) {
      for (const text of ["text", "muted", "faint", ...WITH_SOFT]) keeps(text, ground, 4.5);
      keeps("edge", ground, 3);
    }
    for (const name of WITH_SOFT) keeps(name, `${name}-soft`, 4.5);
    keeps("on-accent", "accent", 4.5);
    keeps("muted", "sunken", 4.5);
  });
}

Deno.test("no other colour stands in the file", () => {
  assert.equal(SOURCE.match(/#[0-9a-f]{3,8}\b/gi)?.length, TOKENS.length * 2);
});
