// The part of docs/scaling.md that figures make.
import { type Demand, type LoadPoint, SLOWER, type TurnCost, turnsPerCore } from "./capacity.ts";
import { type Kind, KINDS, type Mix, WHAT } from "./kinds.ts";

export interface Figures {
  date: string;
  machine: string;
  costs: Record<Kind, TurnCost>;
  mix: Mix;
  turn: TurnCost;
  demands: Demand[];
  points: LoadPoint[];
  knee: LoadPoint | null;
  habits: { turns_a_user: number; busiest_hour: number };
}

const BEGIN = "<!-- figures: deno task bench capacity -->";
const END = "<!-- end of figures -->";
/** Of a core of Postgres, what may be used in the busiest hour. */
const USE = 0.5;

/** The page with these figures in it. Errors: the page has no place for them. */
export function withFigures(page: string, figures: Figures): string {
  const [before, rest] = page.split(BEGIN);
  const [, after] = (rest ?? "").split(END);
  if (after === undefined) throw new Error(`The page has no ${BEGIN} ... ${END}.`);
  return `${before}${BEGIN}\n\n${sections(figures).join("\n\n")}\n\n${END}${after}`;
}

function sections(figures: Figures): string[] {
  const { date, machine } = figures;
  return [
    `Taken ${date} on ${machine}.`,
    "### What a turn costs",
    turnTable(figures),
    `One core of Postgres, used to ${percent(USE)}, carries ${
      number(turnsPerCore(figures.turn, USE), 1)
    } turns of this mix a second.`,
    "### What so many users a day ask for",
    demandTable(figures),
    "### Where this machine's knee is",
    loadTable(figures),
    aboutTheKnee(figures),
  ];
}

/** The knee's rate, or that it was not met. */
export function kneeInWords({ points, knee }: Pick<Figures, "points" | "knee">): string {
  if (knee === null) return "below the lowest rate";
  return `${knee === points.at(-1) ? "beyond " : ""}${number(knee.rate, 1)} turns a second`;
}

function aboutTheKnee({ points, knee }: Figures): string {
  if (knee === null) return "Turns waited, or were refused, from the first rate on.";
  const late =
    `one first text in twenty comes more than ${SLOWER} times as late as at the lowest rate, or a turn is ` +
    "refused";
  const busy = `The machine was busy to ${percent(knee.machine)} then, Postgres with ` +
    `${number(knee.cores.Postgres ?? 0, 2)} of a core.`;
  return knee === points.at(-1)
    ? `The knee, beyond which ${late}, was not met: it lies beyond ${
      number(knee.rate, 1)
    } turns a second. ${busy}`
    : `The knee is at ${number(knee.rate, 1)} turns a second: beyond it ${late}. ${busy}`;
}

function turnTable({ costs, mix, turn }: Figures): string {
  const row = (name: string, share: string, cost: TurnCost) => [
    ...[name, share, number(cost.postgres_ms, 1), number(cost.functions_ms), number(cost.rest_ms)],
    ...[number(cost.connection_ms, 1), number(cost.transactions, 1), number(cost.rows, 1)],
    ...[number(cost.bytes / 1_000, 1), number(cost.log_bytes / 1_000, 1), number(cost.wall_ms)],
  ];
  return table([
    "turn",
    "share",
    "Postgres, ms CPU",
    "functions, ms CPU",
    "auth and REST, ms CPU",
    "connection at work, ms",
    "transactions",
    "rows",
    "kB stored",
    "of it the log",
    "ms to the end",
  ], [
    ...KINDS.map((kind) => row(WHAT[kind], percent(mix[kind]), costs[kind])),
    row("**of the mix**", percent(1), turn),
  ]);
}

function demandTable({ demands, habits }: Figures): string {
  const text = `With ${number(habits.turns_a_user)} turns a user and day, ${
    percent(habits.busiest_hour)
  } of them in the busiest hour:`;
  const rows = demands.map((demand) => [
    ...[number(demand.users), number(demand.turns_a_day), number(demand.peak, 2), number(demand.streams, 1)],
    ...[number(demand.postgres_cores, 2), number(demand.connections, 2), number(demand.transactions, 1)],
    ...[gigabytes(demand.bytes_a_month), gigabytes(demand.log_bytes_a_month), millions(demand.rows_a_month)],
  ]);
  return `${text}\n\n${
    table([
      "users a day",
      "turns a day",
      "turns a second",
      "streams open",
      "cores of Postgres",
      "connections at work",
      "transactions a second",
      "GB a month",
      "of it the log",
      "million rows a month",
    ], rows)
  }`;
}

function loadTable({ points }: Figures): string {
  return table(
    [
      "turns a second",
      "turns",
      "failed",
      "first text, median ms",
      "p95 ms",
      "Postgres, cores",
      "planner",
      "executor",
      "auth and REST",
      "client, gateway, model",
      "machine busy",
    ],
    points.map(({ cores, ...point }) => [
      ...[number(point.rate, 1), number(point.turns), number(point.failed)],
      ...[number(point.first_text_p50), number(point.first_text_p95)],
      ...["Postgres", "planner", "executor", "auth and REST", "others"].map((part) =>
        number(cores[part] ?? 0, 2)
      ),
      percent(point.machine),
    ]),
  );
}

function table(head: string[], rows: string[][]): string {
  const lines = [head, head.map((_, at) => at === 0 ? "---" : "---:"), ...rows];
  return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function number(value: number, digits = 0): string {
  return value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

const percent = (share: number) => `${number(share * 100)} %`;
const gigabytes = (bytes: number) => number(bytes / 1e9, 1);
const millions = (rows: number) => number(rows / 1e6, 1);
