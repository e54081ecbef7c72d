import type { Session } from "@supabase/supabase-js";
import { StrictMode, useEffect, useState, useSyncExternalStore } from "react";
import { createRoot } from "react-dom/client";
import { supabase } from "./backend.ts";
import { SignIn } from "./sign_in.tsx";
import "./style.css";
import { Thread } from "./thread.tsx";

/** The thread's id stands in the address, so that a reload comes back to it. */
const newThread = () => void (location.hash = crypto.randomUUID());
if (location.hash === "") newThread();

function useThreadId(): string {
  return useSyncExternalStore((onChange) => {
    addEventListener("hashchange", onChange);
    return () => removeEventListener("hashchange", onChange);
  }, () => location.hash.slice(1));
}

function App() {
  const id = useThreadId();
  const [session, setSession] = useState<Session | null>();
  useEffect(() => {
    const { data } = supabase.auth.onAuthStateChange((_event, session) => setSession(session));
    return () => data.subscription.unsubscribe();
  }, []);
  if (session === undefined) return null;
  if (session === null) return <SignIn />;
  return (
    <>
      <header>
        <strong>Agent</strong>
        <button type="button" className="quiet" onClick={newThread}>New thread</button>
        <button
          type="button"
          className="quiet"
          title={session.user.email}
          onClick={() => supabase.auth.signOut()}
        >
          Sign out
        </button>
      </header>
      <Thread key={id} id={id} />
    </>
  );
}

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
