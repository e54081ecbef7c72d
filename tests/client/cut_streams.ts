// Streams in the protocols of others, read by `resumableFetch` over connections that are cut.
import assert from "node:assert/strict";
import { resumableFetch } from "../../client/mod.ts";
import { eventsOfLog, PROJECTIONS } from "../protocols/recording.ts";
import type { GoldenLog } from "../golden/golden_log.ts";
import { projectedPlanner } from "./projected_planner.ts";
import { hurriedClock } from "./scripted_planner.ts";

const PLANNER = "http://planner.test/functions/v1/agent-planner";
/** After so many frames a connection is cut. */
export const CUTS = [1, 2, 3, 7];

/** Every log in every protocol, cut in every way, is what it is uncut. Gives how many there were. */
export async function readCutStreams(logs: readonly GoldenLog[]): Promise<number> {
  let read = 0;
  for (const projected of PROJECTIONS) {
    const route = projected.name === "ag_ui" ? "/ag-ui" : `/ai-sdk?set=${projected.name.at(-1)}`;
    for (const log of logs) {
      const events = eventsOfLog(log);
      const posts = projected.name === "ag_ui" ? segments(events.map(({ type }) => type)) : 1;
      const answers = async (every?: number) => {
        const { fetch, asked } = projectedPlanner(projected, events, every);
        const resumed = resumableFetch(fetch, { clock: hurriedClock, random: () => 0 });
        const texts: string[] = [];
        for (let post = 0; post < posts; post++) {
          texts.push(await (await resumed(`${PLANNER}${route}`, { method: "POST", body: "{}" })).text());
        }
        return { data: texts.join("").replaceAll(": ping\n\n", ""), asked };
      };
      const whole = await answers();
      assert.equal(whole.asked.length, posts);
      for (const every of CUTS) {
        const { data, asked } = await answers(every);
        assert.equal(data, whole.data, `${projected.name} of ${log.name}, cut after every ${every}`);
        const again = asked.find((one) => one.startsWith("GET"));
        const id = events[0]?.run_id;
        if (again) assert.equal(again, `GET ${route.replace(/(?=\?|$)/, `/runs/${id}/events`)}`);
        read++;
      }
    }
  }
  return read;
}

const segments = (types: readonly string[]) => types.filter((type) => type === "run_paused").length + 1;
