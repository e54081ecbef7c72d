// Markdown as a tree of what may be shown: no HTML, no picture, only links that lead to the web or to a mailbox.
import type { Token, Tokens } from "marked";
import { boundedTokens } from "./bounded_lexer.ts";

export type Inline =
  | { type: "text" | "code"; text: string }
  | { type: "strong" | "em" | "del"; inside: Inline[] }
  /** `host` is what stands behind it, for people to see where it leads. */
  | { type: "link"; href: string; host: string; inside: Inline[] }
  | { type: "break" };

export type Block =
  | { type: "paragraph"; inside: Inline[] }
  | { type: "heading"; depth: number; inside: Inline[] }
  | { type: "list"; start: number | null; items: { done: boolean | null; blocks: Block[] }[] }
  | { type: "code"; language: string; text: string }
  | { type: "quote"; blocks: Block[] }
  | { type: "table"; head: Inline[][]; rows: Inline[][][] }
  | { type: "rule" };

/** The blocks of a text. What can't be read is shown as it is. */
export function readMarkdown(source: string): Block[] {
  try {
    return blocksOf(boundedTokens(source));
  } catch {
    return asWritten(source);
  }
}

/** A text that grows: blocks that are finished are kept, and only what may still change is read again. */
export interface MarkdownReader {
  read(source: string): Block[];
}

/** What may still change is read again at each look while it is short; a long one when a part of it has been added. */
const SHORT = 8_000;
const ADDED = 1 / 8;

interface Reading {
  /** How much of the text was read. */
  length: number;
  /** How much of that can't change any more, whatever follows. */
  finished: number;
  blocks: Block[];
  open: Block[];
}

export function createMarkdownReader(): MarkdownReader {
  let text = "";
  let reading: Reading = { length: 0, finished: 0, blocks: [], open: [] };
  return {
    read(source) {
      if (!source.startsWith(text)) reading = { length: 0, finished: 0, blocks: [], open: [] };
      text = source;
      const open = reading.length - reading.finished;
      const added = source.slice(reading.length);
      if (open > SHORT && added.length < open * ADDED) {
        return [...reading.blocks, ...reading.open, ...added === "" ? [] : asWritten(added)];
      }
      reading = readOn(reading, source);
      return [...reading.blocks, ...reading.open];
    },
  };
}

function readOn({ finished, blocks }: Reading, source: string): Reading {
  const rest = source.slice(finished);
  const reading = { length: source.length, finished, blocks };
  try {
    const tokens = boundedTokens(rest);
    const done = finishedTokens(tokens);
    const raw = tokens.slice(0, done).map((token) => token.raw).join("");
    if (!rest.startsWith(raw)) return { ...reading, open: blocksOf(tokens) };
    return {
      ...{ length: source.length, finished: finished + raw.length },
      ...{ blocks: [...blocks, ...blocksOf(tokens.slice(0, done))], open: blocksOf(tokens.slice(done)) },
    };
  } catch {
    return { ...reading, open: asWritten(rest) };
  }
}

/** How many of them can't change: all blocks but the last two. */
function finishedTokens(tokens: readonly Token[]): number {
  const last = tokens.findLastIndex((token) => token.type !== "space");
  return Math.max(0, tokens.slice(0, Math.max(0, last)).findLastIndex((token) => token.type !== "space"));
}

function asWritten(text: string): Block[] {
  const inside = text.split("\n").flatMap((line, at): Inline[] => [
    ...at > 0 ? [{ type: "break" } as const] : [],
    ...line === "" ? [] : [{ type: "text", text: line } as const],
  ]);
  return [{ type: "paragraph", inside }];
}

function blocksOf(tokens: readonly Token[]): Block[] {
  return tokens.flatMap((token) => blockOf(token));
}

function blockOf(token: Token): Block[] {
  switch (token.type) {
    case "space":
    case "def":
      return [];
    case "hr":
      return [{ type: "rule" }];
    case "code":
      return [{ type: "code", language: String(token.lang ?? "").split(/\s/)[0] ?? "", text: token.text }];
    case "heading":
      return [{ type: "heading", depth: token.depth, inside: inlinesOf(token.tokens) }];
    case "blockquote":
      return [{ type: "quote", blocks: blocksOf(token.tokens ?? []) }];
    case "list":
      return isList(token) ? [listOf(token)] : [];
    case "table":
      return isTable(token) ? [tableOf(token)] : [];
    default: {
      const inside = insideOf(token);
      return inside.length > 0 ? [{ type: "paragraph", inside }] : [];
    }
  }
}

function isList(token: Token): token is Tokens.List {
  return token.type === "list" && Array.isArray(token.items);
}

function isTable(token: Token): token is Tokens.Table {
  return token.type === "table" && Array.isArray(token.rows);
}

function listOf({ ordered, start, items }: Tokens.List): Block {
  return {
    type: "list",
    start: ordered ? Number(start) || 1 : null,
    items: items.map(({ task, checked, tokens }) => ({
      done: task ? checked === true : null,
      blocks: blocksOf(tokens.filter((token) => token.type !== "checkbox")),
    })),
  };
}

function tableOf({ header, rows }: Tokens.Table): Block {
  return {
    type: "table",
    head: header.map((cell) => inlinesOf(cell.tokens)),
    rows: rows.map((row) => row.map((cell) => inlinesOf(cell.tokens))),
  };
}

function inlinesOf(tokens: readonly Token[] = []): Inline[] {
  return tokens.flatMap((token) => inlineOf(token));
}

function inlineOf(token: Token): Inline[] {
  switch (token.type) {
    case "strong":
    case "em":
    case "del":
      return [{ type: token.type, inside: inlinesOf(token.tokens) }];
    case "codespan":
      return [{ type: "code", text: token.text }];
    case "br":
      return [{ type: "break" }];
    case "link":
      return linkOf(token.href, inlinesOf(token.tokens));
    case "image":
      return [{ type: "text", text: `[image not loaded: ${hostOf(token.href) ?? "no address"}]` }];
    case "html":
      return [{ type: "text", text: token.raw }];
    case "checkbox":
      return [];
    default:
      return insideOf(token);
  }
}

function insideOf(token: Token): Inline[] {
  const { tokens } = { tokens: undefined, ...token };
  return tokens ? inlinesOf(tokens) : [{ type: "text", text: unescaped(textOf(token)) }];
}

/** What leads elsewhere than to the web or to a mailbox is no link. */
function linkOf(href: string, inside: Inline[]): Inline[] {
  const url = URL.parse(href);
  if (!url || !["https:", "http:", "mailto:"].includes(url.protocol)) {
    return [...inside, { type: "text", text: ` (${href})` }];
  }
  const host = url.protocol === "mailto:" ? url.pathname : url.host;
  return [{ type: "link", href: url.href, host, inside }];
}

function hostOf(href: string): string | null {
  const url = URL.parse(href) ?? URL.parse(href, "https://relative.invalid");
  return !url || url.host === "relative.invalid" ? null : url.host || url.protocol.slice(0, -1);
}

function textOf(token: Token): string {
  return "text" in token && typeof token.text === "string" ? token.text : token.raw;
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  nbsp: "\u00a0",
};

function unescaped(text: string): string {
  return text.replaceAll(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(\w+));/gi, (whole, decimal, hex, name) => {
    const code = decimal ? Number(decimal) : hex ? parseInt(hex, 16) : null;
    if (code !== null) return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    return Object.hasOwn(ENTITIES, name) ? ENTITIES[name] ?? whole : whole;
  });
}
