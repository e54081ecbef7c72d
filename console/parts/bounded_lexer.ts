// marked's lexer with bounds: a text can be made so that reading it as Markdown takes its reader's whole time. What is
// beyond a bound is shown as it is written.
import { Lexer, type Token, type TokensList } from "marked";

/** Lists in quotes in lists. Each level reads again all that is below it. */
export const MAX_DEPTH = 12;
/** How many lists' items and quotes are read as Markdown, and how many paragraphs and cells. */
const MAX_BLOCKS = 2_000;
const MAX_INLINES = 5_000;
/** Characters of a paragraph, times the marks in it: each mark looks for its end. */
const MAX_MARKS = 200_000;
/** Characters of a text that is read at once. */
export const MAX_TEXT = 100_000;

const OPTIONS = { gfm: true, breaks: true } as const;
const MARKS = /[*_~[`<]/g;
/** So many blanks in a row mean nothing, and each is tried as the beginning of a line break. */
const BLANKS = /[ \t]{200}/;

/** The tokens of a text, whatever it is. */
export function boundedTokens(source: string): Token[] {
  return source.length > MAX_TEXT ? [asWritten(source)] : new BoundedLexer(OPTIONS).lex(source);
}

class BoundedLexer extends Lexer {
  #depth = 0;
  #blocks = 0;
  #inlines = 0;

  override blockTokens(source: string, tokens?: Token[], clipped?: boolean): Token[];
  override blockTokens(source: string, tokens?: TokensList, clipped?: boolean): TokensList;
  override blockTokens(source: string, tokens: Token[] = [], clipped?: boolean): Token[] {
    if (this.#depth === MAX_DEPTH || ++this.#blocks > MAX_BLOCKS) {
      tokens.push(asWritten(source));
      return tokens;
    }
    this.#depth++;
    try {
      return super.blockTokens(source, tokens, clipped);
    } finally {
      this.#depth--;
    }
  }

  override inlineTokens(source: string, tokens: Token[] = []): Token[] {
    if (++this.#inlines <= MAX_INLINES && isCheap(source)) return super.inlineTokens(source, tokens);
    for (const [at, line] of source.split("\n").entries()) {
      if (at > 0) tokens.push({ type: "br", raw: "\n" });
      tokens.push({ type: "text", raw: line, text: line, escaped: false });
    }
    return tokens;
  }
}

function isCheap(source: string): boolean {
  const marks = source.match(MARKS)?.length ?? 0;
  return marks * source.length <= MAX_MARKS && !BLANKS.test(source);
}

function asWritten(source: string): Token {
  return { type: "code", raw: source, text: source, lang: "" };
}
