// The shell commands that the pages name, in their `sh` blocks and in inline code.
import { codeSpans, fences, type Page } from "./pages.ts";

export interface Command {
  page: string;
  line: number;
  /** What its block says of itself: `hosted` for commands that are meant for a hosted project. */
  info?: string;
  /** One command, lines joined, without its comment. */
  text: string;
}

/** The commands of a page's `sh` blocks. */
export function blockCommands(page: Page): Command[] {
  return fences(page).filter(({ language }) => language === "sh").flatMap(({ page, line, info, code }) =>
    code.replaceAll(/\\\n\s*/g, " ").split("\n")
      .map((text) => text.replace(/(^|\s)#.*$/, "").trim())
      .filter((text) => text !== "")
      .map((text) => ({ page, line, info, text }))
  );
}

/** A command of the Supabase CLI. */
export interface CliCommand extends Command {
  /** What follows the program's name. */
  words: string[];
  /** The version that `npx` is told; empty where it is told none, null where the program is named alone. */
  version: string | null;
}

/** The Supabase CLI's commands of a page, in its blocks and in inline code. */
export function cliCommands(page: Page): CliCommand[] {
  return [...blockCommands(page), ...codeSpans(page)].flatMap((command) => {
    const match = /^(?:npx (?:-y )?supabase(?:@(\S+))?|supabase) (.+)$/.exec(command.text);
    if (!match) return [];
    const version = command.text.startsWith("npx") ? match[1] ?? "" : null;
    return [{ ...command, version, words: (match[2] ?? "").split(/\s+/) }];
  });
}

/** The Supabase CLI's commands of a shell script or a workflow. */
export function scriptCommands({ path, text }: Page): CliCommand[] {
  return text.split("\n").flatMap((line, i) =>
    [...line.matchAll(/npx (?:-y )?supabase(?:@(\S+))? ([\w -]+(?: --[\w-]+)*)/g)].map(
      ([command, version = "", words = ""]) => ({
        page: path,
        line: i + 1,
        text: command,
        version,
        words: words.trim().split(/\s+/),
      }),
    )
  );
}

/** The names that follow `deno task`, in blocks and in inline code. */
export function denoTasks(page: Page): (Command & { task: string })[] {
  return [...blockCommands(page), ...codeSpans(page)].flatMap((command) =>
    [...command.text.matchAll(/\bdeno(?:@\S+)? task ([\w:-]+)/g)].map(([, task = ""]) => ({
      ...command,
      task,
    }))
  );
}
