import assert from "node:assert/strict";
import fc from "fast-check";
import { sessionTitle } from "../../shared/contracts/session_title.ts";

const FAMILY = "👩‍👩‍👧‍👦";

Deno.test("a short message is the title, on one line", () => {
  assert.equal(sessionTitle("  Plan\n\tmy   week "), "Plan my week");
  assert.equal(sessionTitle("x".repeat(80)), "x".repeat(80));
});

Deno.test("a long message is cut behind a word, with an ellipsis", () => {
  const message =
    "Please look at all of my tasks for the coming week, and then move those that are not urgent";
  assert.equal(
    sessionTitle(message),
    "Please look at all of my tasks for the coming week, and then move those that…",
  );
  assert.equal(sessionTitle(`${"word ".repeat(14)}here, then more`), `${"word ".repeat(14)}here…`);
});

Deno.test("words without blanks between them are words", () => {
  const title = sessionTitle("来週の会議の予定を確認してください。".repeat(8));
  assert.match(title, /^来週の.*…$/);
  assert.ok(title.length <= 80);
});

Deno.test("a word that is too long is cut, for little would be left without it", () => {
  assert.equal(sessionTitle("x".repeat(200)), `${"x".repeat(79)}…`);
  assert.equal(sessionTitle(`See ${"x".repeat(200)}`), `See ${"x".repeat(75)}…`);
});

Deno.test("a joined emoji is whole, or not there", () => {
  for (
    const text of [`${"x".repeat(75)}${FAMILY} and so on`, FAMILY.repeat(30), `a ${"e\u0301".repeat(100)}`]
  ) {
    const kept = sessionTitle(text).slice(0, -1);
    assert.ok(text.startsWith(kept));
    const clusters = [...new Intl.Segmenter("en").segment(text)].map(({ index }) => index);
    assert.ok(clusters.includes(kept.length), JSON.stringify(kept));
  }
});

Deno.test("whatever the message, the title has 1 to 80 characters, and none that a database refuses", () => {
  const unit = fc.constantFrom("a", " ", "\n", "。", FAMILY, "\u0301", "🇩🇪", "x".repeat(90), ".");
  fc.assert(
    fc.property(
      fc.string({ unit, minLength: 1, maxLength: 60 }).filter((text) => text.trim() !== ""),
      (text) => {
        const title = sessionTitle(text);
        const length = [...title].length;
        assert.ok(length >= 1 && length <= 80, `${length} characters`);
        assert.ok(title.isWellFormed());
      },
    ),
  );
});
