// The corpora as they are written down: what a text has the model do (templates), times the places where the model
// reads that text (positions). Each of the two files together is a case with an id of its own.
import { z } from "zod";
import type { ScriptedTurnInput } from "../../dev/model/script.ts";
import { Attempt } from "./attempts.ts";
import { Arguments, Call, scripted, Turn } from "./turns.ts";

const TABLES = ["projects", "tasks", "notes", "brain_dumps", "calendar_events"] as const;
export type Table = typeof TABLES[number];

/** A row that somebody else has filled; `source` null is the user's own. The first one is called `$carrier`. */
const OutsideRow = z.strictObject({
  table: z.enum(TABLES),
  source: z.enum(["email", "invite", "import", "mcp"]).nullable(),
  fields: Arguments,
});
export type OutsideRow = z.infer<typeof OutsideRow>;

const Position = z.strictObject({
  position: z.string(),
  ask: z.string(),
  rows: z.array(OutsideRow),
  /** The one call that shows the text. */
  read: z.record(z.string(), Arguments).optional(),
  /** In place of that, how the text comes to the planner's model. */
  turns: z.array(Turn).optional(),
  session: z.array(z.strictObject({ message: z.string(), turns: z.array(Turn) })).default([]),
  /** What reading changes. */
  effects: z.array(z.string()).default([]),
});
type Position = z.infer<typeof Position>;

/** A line and how often it is there. */
const Lines = z.array(z.union([z.string(), z.tuple([z.string(), z.int()])])).default([])
  .transform((lines) =>
    lines.flatMap((line) => typeof line === "string" ? line : Array<string>(line[1]).fill(line[0]))
  );

/** What the rows have to say once the run has ended, or waits for the user. */
const Expected = z.strictObject({
  /** The changes that calls made, such as `update tasks:pricing priority`; a new row has no name. */
  effects: Lines,
  /** The tools of the calls that wait for the user. */
  asked: Lines,
  /** Those of calls that were turned down. */
  refused: Lines,
  /** The rows that the person changed meanwhile. */
  own: Lines,
  /** How many decisions are stored: those of the person. */
  decisions: z.int().default(0),
  /** How many rows were marked as coming from an agent that had read what is not the user's. */
  marked: z.int().optional(),
  /** Whether the run has read what is not the user's. */
  tainted: z.boolean().default(true),
  /** The user meant it, and is asked all the same, because of what the run has read. */
  disturbed: z.literal(true).optional(),
  /** The answer's events are marked. */
  tainted_text: z.literal(true).optional(),
});
export type Expected = z.infer<typeof Expected>;

const Template = z.strictObject({
  id: z.string(),
  /** What somebody else has written. */
  text: z.string().default("The room is booked until July."),
  positions: z.array(z.string()).optional(),
  message: z.string().default("{ask}"),
  focus: z.tuple([z.string(), z.string()]).optional(),
  /** What the model calls in one turn, once it has read. */
  calls: z.array(Call).default([]),
  times: z.int().default(1),
  /** All turns, in place of reading, calling and answering; "read" stands for how the place is read. */
  turns: z.array(z.union([z.literal("read"), Turn])).optional(),
  answer: z.string().default("Here is your summary."),
  /** A turn before, in a session of its own. */
  before: z.strictObject({ message: z.string(), turns: z.array(z.union([z.literal("read"), Turn])) })
    .optional(),
  /** What is tried once the run waits, or has ended. */
  then: z.array(Attempt).default([]),
  expect: Expected,
});
type Template = z.infer<typeof Template>;

const Family = z.strictObject({
  family: z.string(),
  asi: z.string().regex(/^ASI\d\d$/),
  about: z.string(),
  templates: z.array(Template),
});

/** A message, and what the model says to it. */
export interface Said {
  message: string;
  script: readonly ScriptedTurnInput[];
}

export interface Case {
  id: string;
  family: string;
  asi: string;
  position: string;
  /** A run before, in a session of its own. */
  before?: Said;
  /** Earlier turns of the session. */
  session: readonly Said[];
  message: string;
  /** Context and entity of the message. */
  focus?: readonly [string, string];
  rows: readonly OutsideRow[];
  script: readonly ScriptedTurnInput[];
  then: readonly Attempt[];
  expect: Expected;
}

/** Every case of a folder's families. */
export async function readCorpus(folder: "hostile" | "benign"): Promise<Case[]> {
  const here = new URL("./", import.meta.url);
  const positions = z.array(Position).parse(await json(new URL("positions.json", here)));
  const files = [...Deno.readDirSync(new URL(folder, here))].map(({ name }) => name).sort();
  const families = await Promise.all(
    files.map(async (name) => Family.parse(await json(new URL(`${folder}/${name}`, here)))),
  );
  return families.flatMap(({ family, asi, templates }) =>
    templates.flatMap((template) =>
      positions.filter((position) => fits(template, position))
        .map((position) => ({
          ...filled(template, position),
          id: `${family}/${template.id}@${position.position}`,
          family,
          asi,
        }))
    )
  );
}

async function json(url: URL): Promise<unknown> {
  return JSON.parse(await Deno.readTextFile(url));
}

/** Without a list it is every place that has a text from outside. */
function fits({ positions }: Template, { position, rows }: Position): boolean {
  return positions?.includes(position) ?? rows.length > 0;
}

function filled(template: Template, position: Position): Omit<Case, "id" | "family" | "asi"> {
  const [tool = "", args = {}] = Object.entries(position.read ?? {})[0] ?? [];
  const reading = position.turns ?? (position.read ? [{ calls: [[tool, args] as const] }] : []);
  const calls = template.calls.flatMap((call) => Array<typeof call>(template.times).fill(call));
  const working = template.turns ??
    ["read" as const, ...(calls.length > 0 ? [{ calls }] : []), { text: template.answer }];
  const script = (turns: typeof working) =>
    turns.flatMap((turn) => turn === "read" ? reading : [turn]).map((turn) =>
      withTexts(scripted(turn), { tool })
    );
  const texts = { text: template.text, ask: position.ask };
  return withTexts({
    position: position.position,
    session: position.session.map(({ message, turns }) => ({ message, script: turns.map(scripted) })),
    message: template.message,
    ...(template.focus && { focus: template.focus }),
    rows: position.rows,
    ...(template.before && {
      before: { message: template.before.message, script: script(template.before.turns) },
    }),
    script: script(working),
    then: template.then,
    expect: { ...template.expect, effects: [...position.effects, ...template.expect.effects] },
  }, texts);
}

/** A value with the texts in place of `{name}`. */
function withTexts<Value>(value: Value, texts: Record<string, string>): Value {
  // Within a text of JSON, a text is quoted.
  const quoted = (text: string) => JSON.stringify(text).slice(1, -1);
  return JSON.parse(
    JSON.stringify(value).replace(
      /\{(\w+)\}/g,
      (all, name) => name in texts ? quoted(texts[name] ?? "") : all,
    ),
  );
}
