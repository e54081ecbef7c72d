// Who is signed in, and what becomes of it: renewed in time, expired, signed out here or in another tab. The token is in
// memory and in the kept session, nowhere else.
import { AuthClient, isAuthRetryableFetchError, type Session as AuthSession } from "@supabase/auth-js";
import { AgentClientError } from "../../client/mod.ts";
import { type KeptSession, KEY } from "./kept_session.ts";
import type { Project } from "./project.ts";

type Auth = InstanceType<typeof AuthClient>;

export interface User {
  id: string;
  email: string;
}

export type SessionState =
  | { type: "loading" }
  | { type: "signed_out" }
  /** `expired`: what is on the screen stays; nothing more is read until its user signs in again. */
  | { type: "signed_in"; user: User; project: Project; expired: boolean };

export type Credentials = { email: string; password: string } | {
  email: string;
  code: string;
};

export interface Session {
  readonly state: SessionState;
  subscribe(changed: () => void): () => void;
  /** Takes up the session that is kept, if there is one. */
  restore(project: Project | null): Promise<void>;
  /** Gives what is wrong, in Auth's sentence; null where nothing is. */
  signIn(
    project: Project,
    credentials: Credentials,
    where: "tab" | "device",
  ): Promise<string | null>;
  /** Sends a code by e-mail. Gives what is wrong; null where nothing is. */
  sendCode(project: Project, email: string): Promise<string | null>;
  /** Ends the session on all devices and in all tabs of this browser. */
  signOut(): Promise<void>;
  /** The access token of the moment. */
  token(): Promise<string>;
  /** Does work that needs the session; where it has expired, once more when its user is back. */
  patiently<T>(work: () => Promise<T>): Promise<T>;
}

export function createSession(
  kept: KeptSession,
  tabs: BroadcastChannel,
): Session {
  let state: SessionState = { type: "loading" };
  /** Of the project that is signed in to. */
  let auth: Auth | null = null;
  /** One for each project: two would renew the same session. */
  const clients = new Map<string, Auth>();
  let back = Promise.withResolvers<void>();
  const listeners = new Set<() => void>();

  function set(next: SessionState) {
    if (next.type === "signed_in" && !next.expired) {
      back.resolve();
      back = Promise.withResolvers<void>();
    }
    state = next;
    for (const changed of listeners) changed();
  }

  function expire() {
    if (state.type === "signed_in" && !state.expired) {
      set({ ...state, expired: true });
    }
  }

  function take(project: Project, { user }: AuthSession) {
    if (state.type === "signed_in" && state.user.id !== user.id) kept.clear();
    if (
      state.type === "signed_in" && state.user.id === user.id && !state.expired
    ) return;
    set({
      type: "signed_in",
      user: { id: user.id, email: user.email ?? "" },
      project,
      expired: false,
    });
  }

  function open(project: Project): Auth {
    const name = `${project.url} ${project.publishable_key}`;
    const known = clients.get(name);
    if (auth !== known) void auth?.stopAutoRefresh();
    if (known) void known.startAutoRefresh();
    auth = known ?? create(project);
    clients.set(name, auth);
    return auth;
  }

  function create(project: Project): Auth {
    const { url, publishable_key: apikey } = project;
    const opened = new AuthClient({
      url: `${url.replace(/\/$/, "")}/auth/v1`,
      headers: { apikey },
      storageKey: KEY,
      storage: kept,
      detectSessionInUrl: false,
    });
    // Other tabs tell of theirs here, too: what is kept says whether it is about this one.
    opened.onAuthStateChange((_event, session) => {
      if (opened !== auth) return;
      if (session && kept.adopt(session)) take(project, session);
      if (!session && kept.getItem(KEY) === null) expire();
    });
    return opened;
  }

  function forget() {
    void auth?.stopAutoRefresh();
    auth = null;
    kept.clear();
    set({ type: "signed_out" });
  }
  tabs.onmessage = forget;

  /** False where the session is over; throws where nobody could say. */
  async function renew(): Promise<boolean> {
    const { data, error } = await auth?.refreshSession() ??
      { data: { session: null }, error: null };
    if (isAuthRetryableFetchError(error)) throw error;
    if (data.session === null) expire();
    return data.session !== null;
  }

  return {
    get state() {
      return state;
    },
    subscribe(changed) {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
    async restore(project) {
      if (!project || kept.getItem(KEY) === null) {
        return set({ type: "signed_out" });
      }
      const { data: { session }, error } = await open(project).getSession();
      if (session) take(project, session);
      else if (!isAuthRetryableFetchError(error)) forget();
      else set({ type: "signed_out" });
    },
    async signIn(project, credentials, where) {
      kept.keep(where);
      const { email } = credentials;
      const opened = open(project);
      const { data: { session }, error } = "code" in credentials
        ? await opened.verifyOtp({
          email,
          token: credentials.code,
          type: "email",
        })
        : await opened.signInWithPassword({
          email,
          password: credentials.password,
        });
      if (error) return sentence(error);
      if (session) take(project, session);
      return session ? null : "Auth gave no session.";
    },
    async sendCode(project, email) {
      const { error } = await open(project).signInWithOtp({
        email,
        options: { shouldCreateUser: false },
      });
      return error && sentence(error);
    },
    async signOut() {
      tabs.postMessage("signed out");
      await auth?.signOut().catch(() => {});
      forget();
    },
    async token() {
      const { data: { session }, error } = await auth?.getSession() ??
        { data: { session: null }, error: null };
      if (session) return session.access_token;
      if (isAuthRetryableFetchError(error)) throw error;
      expire();
      throw new AgentClientError("The session has expired.", {
        ...{ kind: "unauthenticated", status: 401, retryable: false },
      });
    },
    async patiently(work) {
      for (let renewed = false;;) {
        try {
          return await work();
        } catch (error) {
          if (
            !(error instanceof AgentClientError) ||
            error.kind !== "unauthenticated"
          ) throw error;
          const again = back.promise;
          if (!renewed && await renew()) renewed = true;
          else {
            expire();
            await again;
            renewed = false;
          }
        }
      }
    },
  };
}

function sentence(error: { message: string; status?: number }): string {
  if (isAuthRetryableFetchError(error)) {
    return "The project does not answer. Check its URL and your connection.";
  }
  if (error.status === 401 && /api key/i.test(error.message)) {
    return "The project refuses this key.";
  }
  return error.message;
}
