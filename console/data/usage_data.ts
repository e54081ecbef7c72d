// What the usage page asks for: what each day has cost, and what is left of the quotas.
import type { Limits, UsageDay } from "../../client/mod.ts";
import type { ConsoleData } from "./console_data.ts";

export function readDays(data: ConsoleData, days: number, time_zone: string): Promise<UsageDay[]> {
  return data.ask((client) => client.usageByDay({ days, time_zone }));
}

export function readLimits(data: ConsoleData): Promise<Limits> {
  return data.ask((client) => client.limits());
}
