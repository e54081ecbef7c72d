// The configured models, and the hosts and models that the table knows.
import { readModelConfig } from "../../shared/llm/config.ts";
import { FAMILIES } from "../../shared/llm/models/families.ts";
import { HOST_NAMES, HOSTS } from "../../shared/llm/models/hosts.ts";
import { tableLines } from "../terminal/table.ts";
import type { Env } from "./model_env.ts";
import { type Paper, paragraph } from "./paper.ts";
import { strayIds } from "./stray_ids.ts";

/** Writes the list. */
export function listModels(env: Env, paper: Paper): void {
  const config = readModelConfig(env);
  if (config.state === "incomplete") paragraph(paper, config.problem);
  const configured = config.state === "ready"
    ? [
      ...(["balanced", "speed"] as const).map((profile) => [
        profile,
        config.models[profile].map(({ id }) => id).join(", "),
      ]),
      ["at", `${config.base_url}${config.host === undefined ? "" : ` (${config.host})`}`],
    ]
    : [];
  if (config.state === "incomplete") paper.line();
  const sections = [
    { title: "Configured", rows: configured },
    {
      title: "Hosts",
      rows: HOST_NAMES.map((name) => [name, HOSTS[name].hostnames.join(", ") || `with LLM_HOST=${name}`]),
    },
    { title: "Families of models", rows: FAMILIES.map(({ name, pattern }) => [name, pattern.source]) },
  ];
  const ids = config.state === "ready" ? Object.values(config.models).flat().map(({ id }) => id) : [];
  const stray = ids.length > 0 ? strayIds(env, ids, "all") : [];
  for (const sentence of stray) paragraph(paper, sentence);
  if (stray.length > 0) paper.line();
  for (const { title, rows } of sections) {
    for (const line of tableLines([{ title, rows }], paper)) paper.line(line);
    if (rows.length > 0) paper.line();
  }
  paragraph(
    paper,
    "Any other model gets what every plain host takes. `deno task models <id>` shows what is sent for one.",
  );
}
