// The routes by which tests script the model: one script per user, under the pseudonym that the functions send.
import { Hono } from "hono";
import { z } from "zod";
import { Script, ScriptBody } from "./script.ts";

/** POST adds turns, GET reports, DELETE reports and ends; a hold can be waited for and released. */
export function scriptRoutes(scripts: Map<string, Script>): Hono {
  const app = new Hono();

  app.post("/:key", async (c) => {
    const body = ScriptBody.safeParse(await c.req.json().catch(() => undefined));
    if (!body.success) return c.json({ error: { message: z.prettifyError(body.error) } }, 400);
    const script = scripts.get(c.req.param("key")) ?? new Script();
    script.add(body.data.turns);
    scripts.set(c.req.param("key"), script);
    return c.json({ ok: true }, 201);
  });

  app.get("/:key", (c) => {
    const script = scripts.get(c.req.param("key"));
    return script === undefined ? noScript() : c.json(script.report());
  });

  app.delete("/:key", (c) => {
    const script = scripts.get(c.req.param("key"));
    if (script === undefined) return noScript();
    scripts.delete(c.req.param("key"));
    script.close();
    return c.json(script.report());
  });

  app.post("/:key/release/:name", (c) => {
    const script = scripts.get(c.req.param("key"));
    if (script === undefined) return noScript();
    script.gate(c.req.param("name")).open();
    return c.json({ ok: true });
  });

  app.get("/:key/reached/:name", async (c) => {
    const script = scripts.get(c.req.param("key"));
    if (script === undefined) return noScript();
    await script.gate(c.req.param("name")).reached();
    return c.json({ ok: true });
  });

  return app;
}

function noScript(): Response {
  return Response.json({ error: { message: "There is no script under this key." } }, { status: 404 });
}
