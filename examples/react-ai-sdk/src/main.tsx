import type { Session } from "@supabase/supabase-js";
import { StrictMode, useEffect, useState, useSyncExternalStore } from "react";
import { createRoot } from "react-dom/client";
import { readHistory, supabase } from "./backend.ts";
import { Chat } from "./chat.tsx";
import type { ChatMessage } from "./chat_message.ts";
import { SignIn } from "./sign_in.tsx";
import "./style.css";

/** The chat's id stands in the address, so that a reload comes back to it. */
const newChat = () => void (location.hash = crypto.randomUUID());
if (location.hash === "") newChat();

function useChatId(): string {
  return useSyncExternalStore((onChange) => {
    addEventListener("hashchange", onChange);
    return () => removeEventListener("hashchange", onChange);
  }, () => location.hash.slice(1));
}

function App() {
  const [session, setSession] = useState<Session | null>();
  useEffect(() => {
    const { data } = supabase.auth.onAuthStateChange((_event, session) => setSession(session));
    return () => data.subscription.unsubscribe();
  }, []);
  if (session === undefined) return null;
  if (session === null) return <SignIn />;
  return <Conversation key={session.user.id} email={session.user.email ?? ""} />;
}

function Conversation({ email }: { email: string }) {
  const id = useChatId();
  return (
    <>
      <header>
        <strong>Chat</strong>
        <button type="button" className="quiet" onClick={newChat}>New chat</button>
        <button type="button" className="quiet" title={email} onClick={() => supabase.auth.signOut()}>
          Sign out
        </button>
      </header>
      <Opened key={id} id={id} />
    </>
  );
}

function Opened({ id }: { id: string }) {
  const [history, setHistory] = useState<ChatMessage[]>();
  const [problem, setProblem] = useState<string>();
  useEffect(() => {
    readHistory(id).then(setHistory, (error: Error) => setProblem(error.message));
  }, [id]);
  if (problem !== undefined) return <p role="alert" className="problem">{problem}</p>;
  return history ? <Chat id={id} history={history} /> : <p className="hint">Opening the chat …</p>;
}

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
