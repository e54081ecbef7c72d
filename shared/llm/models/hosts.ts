// The hosts, as data: how each one differs from a plain OpenAI-compatible endpoint.
import type { RowPart } from "./model_row.ts";

export interface Host {
  /** The hosts of its public base URLs; a leading dot stands for every host below that domain. */
  hostnames: readonly string[];
  row: RowPart;
}

export const HOSTS = {
  deepseek: {
    hostnames: ["api.deepseek.com"],
    row: { think: "thinking", echo: ["reasoning_content"], user_fields: ["user", "user_id"] },
  },
  openrouter: {
    hostnames: ["openrouter.ai"],
    row: {
      think: "reasoning",
      echo: ["reasoning"],
      // Keeps it from hosts that would silently drop the tools.
      extra_body: { provider: { require_parameters: true } },
    },
  },
} as const satisfies Record<string, Host>;

export type HostName = keyof typeof HOSTS;
export const HOST_NAMES = Object.keys(HOSTS).filter(isHostName);

export function isHostName(name: string): name is HostName {
  return Object.hasOwn(HOSTS, name);
}

/** The host at this base URL, or null where it is none of the listed ones. */
export function hostAt(base_url: string): HostName | null {
  if (!URL.canParse(base_url)) return null;
  const { hostname } = new URL(base_url);
  const isAt = (known: string) => known.startsWith(".") ? hostname.endsWith(known) : hostname === known;
  return HOST_NAMES.find((name) => HOSTS[name].hostnames.some(isAt)) ?? null;
}
