// The commands of a page in their order, each with what the page says that it prints.
import { fences, type Page } from "../docs/pages.ts";

export interface PageCommand {
  line: number;
  /** One command, lines joined, without its comment. */
  text: string;
  /** Whether it is one that refuses, as its block says (`sh fails`). */
  ends: "well" | "refused";
  /** What it prints, where the page shows it: the `text` block that follows the command's own. */
  printed: string | null;
}

/** The commands of the `sh` blocks, without those that are for elsewhere, such as `hosted`. */
export function pageScript(page: Page): PageCommand[] {
  const blocks = fences(page);
  return blocks.flatMap(({ language, info, code, line }, i) => {
    if (language !== "sh" || !["", "fails"].includes(info)) return [];
    const ends = info === "fails" ? "refused" : "well";
    const commands = code.replaceAll(/\\\n\s*/g, " ").split("\n")
      .map((text) => text.replace(/(^|\s)#.*$/, "").trim()).filter((text) => text !== "");
    const after = blocks[i + 1];
    const printed = after?.language === "text" && after.info === "" ? after.code : null;
    return commands.map((text, at) => ({
      line,
      text,
      ends,
      printed: at === commands.length - 1 ? printed : null,
    }));
  });
}

/** Whether a command has printed what the page shows, where `…` stands for a part of a line, or alone for some lines. */
export function isPrinted(shown: string, output: string): boolean {
  const lines = shown.trimEnd().split("\n").map((line) =>
    line.trim() === "…"
      ? "(?:.*\\n)*?"
      : `${line.trimEnd().split("…").map(RegExp.escape).join("[^\\n]*")}[^\\S\\n]*\\n`
  );
  return new RegExp(`^${lines.join("")}$`).test(`${output.replace(/^\n+/, "").trimEnd()}\n`);
}

/** The words of a command, as a shell splits them; quotes go. */
export function wordsOf(command: string): string[] {
  return [...command.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(([, quoted, plain]) =>
    quoted?.replaceAll(/\\(.)/g, "$1") ?? plain ?? ""
  );
}
