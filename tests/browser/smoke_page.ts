// What an app does, in the page of smoke_test.ts: signs in with supabase-js, starts a run, reads it to its end.
import { createClient } from "@supabase/supabase-js";
import { createAgentClient } from "../../client/mod.ts";

/** For the test, which calls it in the page. */
Object.assign(globalThis, {
  async turn(url: string, publishable_key: string, email: string, password: string, message: string) {
    const supabase = createClient(url, publishable_key);
    const { data, error } = await supabase.auth.signInWithPassword({ email, password });
    if (error) throw error;
    const client = createAgentClient({ url, publishable_key, token: () => data.session.access_token });
    const run = await client.startRun({ message });
    const types: string[] = [];
    for await (const event of run.events()) types.push(event.type);
    const { status, messages } = await client.getRun(run.run_id);
    return { origin: location.origin, types, status, answer: messages.at(-1)?.content };
  },
});
