// The pages that people read (README and its siblings, docs/), taken apart for tests.
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

/** The root of this repository, with a slash at its end. */
export const REPOSITORY = fileURLToPath(new URL("../../../", import.meta.url));

export interface Page {
  /** Relative to the repository. */
  path: string;
  text: string;
}

export interface Fence {
  page: string;
  line: number;
  /** The first word after the backticks; empty where there is none. */
  language: string;
  /** What stands after it, such as the path of the file that the block shows. */
  info: string;
  code: string;
}

export interface CodeSpan {
  page: string;
  line: number;
  text: string;
}

/** Every Markdown page at the top of the repository and in docs/. */
export function pages(): Page[] {
  return ["", "docs/"].flatMap((folder) =>
    [...Deno.readDirSync(`${REPOSITORY}${folder}`)]
      .filter(({ name }) => name.endsWith(".md"))
      .map(({ name }) => pageAt(`${folder}${name}`))
  ).sort((a, b) => a.path.localeCompare(b.path));
}

/** One page, by its path in the repository. */
export function pageAt(path: string): Page {
  return { path, text: Deno.readTextFileSync(`${REPOSITORY}${path}`) };
}

const FENCE = /^```(\S*)[ ]*(.*)\n([\s\S]*?)^```$/gm;

/** The fenced blocks of a page. */
export function fences({ path, text }: Page): Fence[] {
  return [...text.matchAll(FENCE)].map(({ index, 1: language = "", 2: info = "", 3: code = "" }) => ({
    page: path,
    line: lineAt(text, index),
    language,
    info: info.trim(),
    code,
  }));
}

/** The inline code of a page, outside of its fenced blocks. */
export function codeSpans(page: Page): CodeSpan[] {
  const text = prose(page);
  return [...text.matchAll(/`([^`\n]+)`/g)].map(({ index, 1: span = "" }) => ({
    page: page.path,
    line: lineAt(text, index),
    text: span,
  }));
}

/** The page with its fenced blocks blanked out; lines keep their numbers. */
export function prose({ text }: Page): string {
  return text.replace(FENCE, (block) => block.replace(/[^\n]/g, ""));
}

/** The rows of the first table under a heading, cells as text. Throws when there is no such table. */
export function tableUnder(path: string, heading: string): string[][] {
  const { text } = pageAt(path);
  const section = text.split(/^(?=#+ )/m).find((part) =>
    part.split("\n")[0]?.replace(/^#+ /, "") === heading
  );
  assert.ok(section, `${path} has no heading "${heading}"`);
  const lines = section.split("\n");
  const first = lines.findIndex((line) => /^\| *-/.test(line));
  assert.ok(first > 0, `${path} has no table under "${heading}"`);
  const rows = lines.slice(first + 1);
  const end = rows.findIndex((line) => !line.startsWith("|"));
  return rows.slice(0, end < 0 ? undefined : end).map((row) =>
    row.replaceAll("\\|", "\0").split("|").slice(1, -1).map((cell) => cell.replaceAll("\0", "|").trim())
  );
}

/** The inline code of one cell. */
export function codes(cell: string | undefined): string[] {
  return [...(cell ?? "").matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code);
}

/** `page:line`, for messages. */
export function where({ page, line }: { page: string; line: number }): string {
  return `${page}:${line}`;
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split("\n").length;
}
