// In an answer that may speak for somebody else, nothing is fetched and no link hides where it leads.
import assert from "node:assert/strict";
import fc from "fast-check";
import { bareLinks } from "../../shared/contracts/bare_links.ts";

const CASES: Record<string, string> = {
  "Plain text, 3 < 4 and [a list].": "Plain text, 3 < 4 and [a list].",
  "See [your bank](https://evil.example/?q=1).": "See [your bank] (https://evil.example/?q=1).",
  "![](https://evil.example/?secret=1)": "image: [] (https://evil.example/?secret=1)",
  "[![a](https://b.example)](https://c.example)": "[image: [a] (https://b.example)] (https://c.example)",
  "[bank][1]\n\n[1]: https://evil.example": "[bank] [1]\n\n[1] : https://evil.example",
  "![logo][1]": "image: [logo] [1]",
  "<https://evil.example>": "https://evil.example",
  '<img src="https://evil.example">': '&lt;img src="https://evil.example">',
  "<a href=https://evil.example>bank</a>": "&lt;a href=https://evil.example>bank&lt;/a>",
  "<!-- a --><?b?>": "&lt;!-- a -->&lt;?b?>",
  "`[a](b)`": "`[a] (b)`",
};

for (const [markdown, expected] of Object.entries(CASES)) {
  Deno.test(`no link hides in ${JSON.stringify(markdown)}`, () => {
    assert.equal(bareLinks(markdown), expected);
    assert.equal(bareLinks(expected), expected, "and once is enough");
  });
}

Deno.test("whatever the text, nothing that makes a link, an image or a tag is left", () => {
  const piece = fc.constantFrom(
    "[",
    "]",
    "(",
    ")",
    "!",
    "<",
    ">",
    ":",
    "/",
    "\\",
    "`",
    "\n",
    " ",
    "a",
    "https://b",
  );
  fc.assert(fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
    assert.doesNotMatch(bareLinks(pieces.join("")), /\][([:]|!\[|<[a-z/!?]/i);
  }));
});
