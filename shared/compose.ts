// The only place that wires the environment to adapters and adapters to agents. Model, configuration and the
// anonymous client live as long as the process; everything that acts for a user is made per request.
import { z } from "zod";
import type { Clock } from "./async/clock.ts";
import { createNews } from "./async/news.ts";
import type { Log, Model } from "./agents/ports.ts";
import { systemClock as clock } from "./async/system_clock.ts";
import { largestCall } from "./agents/durable/largest_call.ts";
import { createRunHearing } from "./agents/durable/run_hearing.ts";
import { FIRST_CALL_TOKENS, modelCalls } from "./agents/limits.ts";
import { readBudget } from "./contracts/budget.ts";
import { chatRequest } from "./contracts/request.ts";
import { deadlineAt, readLeaseSettings } from "./contracts/lease_settings.ts";
import { readPromptWindows } from "./contracts/prompt_windows.ts";
import {
  createAnonymousAuth,
  createEngineClient,
  createPersonClient,
  createPreviewDb,
  createReadOnlyDb,
  createWriteDb,
  databaseTimeout,
  type EngineClient,
} from "./db/clients.ts";
import { type ClientChats, createClientChats } from "./db/client_chats.ts";
import { createDecisions } from "./db/decisions.ts";
import { ids } from "./db/ids.ts";
import { createIsUndoable, createReceiptOf } from "./db/receipts.ts";
import { retryingStore } from "./db/retrying_store.ts";
import { createStore } from "./db/store.ts";
import type { ReadOnlyDb } from "./db/read_only_db.ts";
import { createUndo, type Undo } from "./db/undo.ts";
import { patiently } from "./db/patiently.ts";
import { readLimits } from "./db/limits_in_force.ts";
import { createDecisionService, type DecisionService } from "./decision_service.ts";
import { authenticate, type Caller, identify, type TokenBearer, type TokenHeader } from "./http/auth.ts";
import { issuerCheck } from "./http/issuer.ts";
import { createJsonLog } from "./http/json_log.ts";
import { publicKeysOnceAMinute } from "./http/public_keys.ts";
import { verifiedOnceAMinute } from "./http/verified_tokens.ts";
import { createStepInvoker } from "./http/executor_client.ts";
import { createSuccessor } from "./http/successor.ts";
import { readModelConfig } from "./llm/config.ts";
import { createModel } from "./llm/create_model.ts";
import { pseudonym } from "./llm/sending/pseudonym.ts";
import { tokenCounter } from "./llm/tokens.ts";
import { createRunService, type RunService } from "./run_service.ts";
import type { Domain } from "./tools/define_domain.ts";
import { createToolSource } from "./tools/toolbox.ts";
import type { ExecutorDeps, PlannerDeps } from "./agents/deps.ts";
import type { ToolInfo } from "./contracts/tool_info.ts";
import type { Limits } from "./contracts/user_limits.ts";

const Keys = z.string().transform((text) =>
  z.object({ default: z.string() }).parse(JSON.parse(text)).default
);

/** The platform sets these for every function; the old anon key serves where the new keys are not there yet. */
const SupabaseEnv = z.object({ SUPABASE_URL: z.url(), SUPABASE_PUBLISHABLE_KEYS: Keys })
  .transform((env) => ({ url: env.SUPABASE_URL, publishable_key: env.SUPABASE_PUBLISHABLE_KEYS }))
  .or(
    z.object({ SUPABASE_URL: z.url(), SUPABASE_ANON_KEY: z.string() })
      .transform((env) => ({ url: env.SUPABASE_URL, publishable_key: env.SUPABASE_ANON_KEY })),
  );

declare global {
  // The platform's runtime has it; a plain Deno keeps running anyway.
  var EdgeRuntime: { waitUntil(work: Promise<unknown>): void } | undefined;
}

export interface Composition {
  clock: Clock;
  log: Log;
  authenticate(request: Request, header?: TokenHeader): Promise<Caller>;
  /** For a route whose first answer is the database's: its token may ride on that. */
  identify(request: Request): Promise<TokenBearer>;
  /** What the planner's caller may send, contexts of the domain included. */
  chat_request: ReturnType<typeof chatRequest>;
  /** Every tool there is, as people are told of it. */
  tools: readonly ToolInfo[];
  /** Everything that acts with the caller's rights. */
  forCaller(
    caller: Caller,
  ): PlannerDeps & ExecutorDeps & {
    db: EngineClient;
    runs: RunService;
    decisions: DecisionService;
    undo: Undo;
    /** How far the caller is from the limits in force. */
    limits(): Promise<Limits>;
    chats: ClientChats;
  };
  /** Keeps the worker alive for work that outlives its request, where the platform has a way to. */
  background(work: Promise<unknown>): void;
}

/** The ports that act for one user, `user` being the user's pseudonym. */
export type UserPorts = Pick<PlannerDeps, "user" | "model" | "tools" | "store" | "invoke" | "handOff">;

interface ComposeOptions {
  /** Decorates the ports of each caller, such as to make them fail. */
  wrap?(ports: UserPorts): UserPorts;
}

/** Wires a function. Throws at start when the environment lacks what the platform always sets. */
export function compose(
  env: Record<string, string | undefined>,
  domain: Domain,
  { wrap = (ports) => ports }: ComposeOptions = {},
): Composition {
  const models = readModelConfig(env);
  const model = createModel(models, { fetch, clock, log, random: Math.random });
  const budget = readBudget(env);
  const { lease_seconds, deadline_seconds } = readLeaseSettings(env);
  const supabase = { ...SupabaseEnv.parse(env), timeout_ms: databaseTimeout(lease_seconds) };
  const count = tokenCounter(models);
  const calls = modelCalls(readPromptWindows(env));
  const limits = { ...budget, priced: isPriced(model), largest_call: largestCall(calls, model) };
  const news = createNews();
  const hearing = createRunHearing();
  const stopping = new AbortController();
  addEventListener("beforeunload", () => stopping.abort());
  const deadline = deadlines(deadline_seconds * 1_000);
  const auth = verifiedOnceAMinute(
    createAnonymousAuth(supabase, publicKeysOnceAMinute(fetch, clock)),
    clock,
  );
  const isIssuer = issuerCheck(supabase.url, env);

  return {
    clock,
    log,
    authenticate: (request, header) => authenticate(request, auth, isIssuer, header),
    identify: (request) => identify(request, auth, isIssuer, clock.now()),
    chat_request: chatRequest(domain.contexts),
    tools: domain.catalogue.map(({ name, title, category, access, schema }) => ({
      ...{ name, title, category, access },
      ...{ description: schema.description, parameters: schema.parameters },
    })),
    forCaller({ user_id, token: person_token, agent_token: token = person_token }) {
      const db = createEngineClient(supabase, token, fetch);
      let reading: ReadOnlyDb | undefined;
      const tools = createToolSource({
        catalogue: domain.catalogue,
        refusals: domain.refusals,
        get read_db() {
          return reading ??= createReadOnlyDb(supabase, token, fetch);
        },
        write_db: (attempt) => createWriteDb(supabase, token, fetch, attempt),
        preview_db: (attempt) => createPreviewDb(supabase, token, fetch, attempt),
        receiptOf: createReceiptOf(db),
        isUndoable: createIsUndoable(db),
        user_id,
        clock,
        ids,
        log,
        lease_seconds,
      });
      const user = pseudonym(user_id);
      const store = createStore(db, limits);
      const invoke = createStepInvoker(db);
      const ports = wrap({ user, model, tools, store, invoke, handOff: createSuccessor(db) });
      const deps = {
        ...ports,
        about: domain.about,
        store: retryingStore(ports.store, { clock, lease_seconds }),
        wall_ms: budget.wall_ms,
        lease_seconds,
        hearing,
        deadline_at: deadline(),
        stopping: stopping.signal,
        count,
        calls,
        clock,
        ids,
        log,
      };
      const person = () => createPersonClient(supabase, person_token, fetch);
      // Most requests need few of these: each is made for who asks for it.
      return {
        ...deps,
        db,
        get runs() {
          return createRunService(deps, db, background, news);
        },
        get decisions() {
          return createDecisionService(createDecisions(person(), deps), db, deps);
        },
        get undo() {
          return createUndo(person(), { clock, lease_seconds });
        },
        limits: () => patiently(() => readLimits(db, limits, FIRST_CALL_TOKENS), deps),
        get chats() {
          return createClientChats(db, deps);
        },
      };
    },
    background,
  };
}

/** Whether every model that may be asked has a price; what lacks one is told to the operator. */
function isPriced({ models, prices }: Model): boolean {
  const unpriced = (["balanced", "speed"] as const).filter((profile) => prices[profile] === null);
  const asked = [...new Set(unpriced.flatMap((profile) => models[profile]))];
  if (asked.length > 0) {
    const message =
      "RUN_MAX_COST_USD counts only what the model's host reports: LLM_MODEL_PRICES lacks a price";
    log.warn(message, { models: asked });
  }
  return unpriced.length === 0;
}

/**
 * The deadline of an invocation that begins when it is asked for. On the platform a process has so long in all, however
 * many requests it serves; elsewhere each request has.
 */
function deadlines(deadline_ms: number): () => number {
  const born = clock.now();
  return () => {
    const now = clock.now();
    return deadlineAt({ now, born: globalThis.EdgeRuntime ? born : now, deadline_ms });
  };
}

/** The platform keeps a process for it, where there is one; elsewhere processes stay anyway. */
function background(work: Promise<unknown>) {
  globalThis.EdgeRuntime?.waitUntil(work);
}

const log = createJsonLog((line) => console.error(line));
