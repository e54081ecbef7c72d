// What is known of one model, and what is sent for it, without a call.
import type { HostName } from "../../shared/llm/model_table.ts";
import type { ModelSettings } from "../../shared/llm/config.ts";
import { hostOfId } from "../../shared/llm/models/hosts.ts";
import { jsonLines } from "./json_lines.ts";
import { knownFields } from "./known.ts";
import type { Line } from "./listen.ts";
import { type Env, NO_HOST } from "./model_env.ts";
import { columns, heading, type Paper, paragraph } from "./paper.ts";
import { differences, sentFor } from "./sent.ts";
import { strayIds } from "./stray_ids.ts";

/** Writes the model's row and the request of a last turn. */
export async function showModel(
  { id, settings, env, paper, line }: {
    id: string;
    settings: ModelSettings;
    env: Env;
    paper: Paper;
    line: Omit<Line, "fetch" | "settings">;
  },
): Promise<void> {
  const { balanced: [row], speed: [speed_row] } = settings.models;
  if (!row || !speed_row) throw new Error(`Cannot show ${id}: it has no row`);
  const host: HostName | null = settings.host ?? null;
  paper.line(`${paper.style.bold(id)}${whereabouts(settings, id, host)}`);

  const used = [env.LLM_BALANCED_MODELS, env.LLM_SPEED_MODELS].flatMap((list) => (list ?? "").split(","));
  const others = used.map((one) => one.trim()).filter((one) => one !== "" && one !== id);
  const near = strayIds(env, [id, ...others], "near");
  if (near.length > 0) paper.line();
  for (const sentence of near) paragraph(paper, sentence);

  heading(paper, "What is known of it");
  columns(
    paper,
    knownFields(row, host, env).map(({ field, value, from }) => [field, value, from])
      .map((
        [field = "", value = "", from = ""],
      ) => [field, from === "default" ? paper.style.dim(from) : from, value]),
  );

  const sent = await sentFor(row, "balanced", { ...line, settings });
  const for_speed = differences(sent.body, (await sentFor(speed_row, "speed", { ...line, settings })).body);
  heading(paper, "What is sent, here for a run's last turn");
  const url = settings.base_url === NO_HOST ? sent.url.replace(NO_HOST, "LLM_BASE_URL") : sent.url;
  paper.line(`  POST ${url}`);
  columns(paper, sent.headers.map(([name, value]) => [`${name}: ${value}`]));
  for (const text of jsonLines(sent.body, paper.width - 2)) paper.line(`  ${text}`);
  if (Object.keys(for_speed).length === 0) return;
  heading(paper, "For the profile speed, instead of that");
  for (const text of jsonLines(for_speed, paper.width - 2)) paper.line(`  ${text}`);
}

function whereabouts({ base_url }: ModelSettings, id: string, host: HostName | null): string {
  const guessed = host === null ? hostOfId(id) : null;
  const known = guessed !== null ? ` (${guessed}, by its id)` : host === null ? "" : ` (${host})`;
  return base_url === NO_HOST ? known : ` at ${base_url}${known}`;
}
