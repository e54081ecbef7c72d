// How a client shows an answer that may speak for somebody else (`tainted`): as Markdown in which nothing is fetched and
// no link hides where it leads.

/**
 * Markdown without images, links and HTML: `[here](https://a.example)` becomes `[here] (https://a.example)`. What makes
 * them is broken wherever it stands, in code too, so that no two readers of Markdown can differ about it. Of a text that
 * comes in deltas, give it all that has come so far.
 */
export function bareLinks(markdown: string): string {
  return markdown
    .replaceAll(/<([a-z][a-z0-9+.-]*:[^\s<>]*)>/gi, "$1")
    .replaceAll(/<(?=[a-z/!?])/gi, "&lt;")
    .replaceAll("![", "image: [")
    .replaceAll(/\](?=[([:])/g, "] ");
}
