// The Supabase CLI's commands in the pages, held against the CLI's own `--help`.
import assert from "node:assert/strict";
import { CLI_VERSION } from "../../dev/cli/supabase.ts";
import { cli } from "../support/deploy/cli.ts";
import { cliCommands, scriptCommands } from "../support/docs/commands.ts";
import { pageAt, pages, where } from "../support/docs/pages.ts";
import { test } from "../support/test.ts";

const SCRIPTS = [".ci/run", ".ci/docker", ".env.example"].map(pageAt);
const COMMANDS = [...pages().flatMap(cliCommands), ...SCRIPTS.flatMap(scriptCommands)];

Deno.test("every npx supabase is pinned to the version that the tests run", () => {
  assert.ok(COMMANDS.length >= 10);
  for (const { version, text, ...place } of COMMANDS) {
    if (version !== null) assert.equal(version, CLI_VERSION, `${where(place)}: ${text}`);
  }
});

test("every command and flag is one that the CLI's own help names", async () => {
  const help = await helpOf();
  for (const { words, text, ...place } of COMMANDS) {
    const command = commandOf(words);
    const { usage, flags } = help(command);
    assert.equal(usage, `supabase ${command.join(" ")}`, `${where(place)}: ${text}`);
    for (const word of words.filter((word) => word.startsWith("-"))) {
      const [flag = "", value] = word.split("=");
      const known = flags.get(flag);
      assert.ok(known !== undefined, `${where(place)}: ${text}: there is no ${flag}`);
      if (value !== undefined) {
        assert.match(known, /=|string|choice/, `${where(place)}: ${flag} takes no value`);
      }
    }
  }
});

test("a command for the hosted project says --remote wherever the CLI would mean the local stack", async () => {
  const help = await helpOf();
  const hosted = COMMANDS.filter(({ info }) => info === "hosted");
  assert.ok(hosted.some(({ words }) => words.join(" ").startsWith("db push")));
  for (const { words, text, ...place } of hosted) {
    const { local_by_default } = help(commandOf(words));
    if (local_by_default) {
      assert.ok(words.some((word) => /^--remote(=|$)/.test(word)), `${where(place)}: ${text}`);
    }
  }
});

/** The words before the first flag or argument. */
function commandOf(words: readonly string[]): string[] {
  const end = words.findIndex((word) => !/^[a-z]+(-[a-z]+)*$/.test(word));
  return words.slice(0, end < 0 ? undefined : end);
}

interface Help {
  usage: string;
  /** Each flag with what its help says of its value. */
  flags: Map<string, string>;
  local_by_default: boolean;
}

let asked: Promise<Map<string, Help>> | undefined;

/** The help of every command of the pages; the CLI is asked once. */
async function helpOf(): Promise<(command: readonly string[]) => Help> {
  const known = await (asked ??= askHelp());
  return (command) => {
    const help = known.get(command.join(" "));
    if (!help) throw new Error(`Cannot look up ${command.join(" ")}: it was not asked for`);
    return help;
  };
}

async function askHelp(): Promise<Map<string, Help>> {
  await using supabase = await cli();
  const commands = [...new Set(COMMANDS.map(({ words }) => commandOf(words).join(" ")))];
  const known = new Map<string, Help>();
  for (const command of commands) {
    const { stdout } = await supabase.run([...command.split(" "), "--help"]);
    known.set(command, parseHelp(stdout));
  }
  return known;
}

function parseHelp(text: string): Help {
  const usage = /^USAGE\n +(supabase(?: [a-z-]+)*)/m.exec(text)?.[1] ?? "";
  const flags = new Map<string, string>();
  for (const [, long = "", short, value = ""] of text.matchAll(/^ +(--[\w-]+)(?:, (-\w))?(\S*(?: \S+)?)/gm)) {
    flags.set(long, value);
    if (short) flags.set(short, value);
  }
  return { usage, flags, local_by_default: /^TARGET\n +Local by default/m.test(text) };
}
