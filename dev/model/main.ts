// The demo model as a process of its own: `deno run dev/model/main.ts --port 9000`.
import { think } from "./brain/think.ts";
import { serveModel } from "./serve.ts";

serveModel(think);
