import { render } from "preact";
import { App } from "./app.tsx";
import { keptSession } from "./data/kept_session.ts";
import { builtFor, rememberedProject } from "./data/project.ts";
import { createSession } from "./data/session.ts";

const built = builtFor(document);
const tabs = new BroadcastChannel("agent-console.sign-out");
const session = createSession(keptSession(sessionStorage, localStorage), tabs);
const root = document.getElementById("app");

if (root) {
  render(<App session={session} built={built} />, root);
  void session.restore(built.project ?? rememberedProject(localStorage));
}
