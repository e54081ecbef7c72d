// What is on the screen: a page beside the side bar for who is signed in, sign-in for who is not, sign-in over the page
// where a session has expired.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { createConsoleData } from "./data/console_data.ts";
import { ProvideData } from "./data/use_data.ts";
import type { Built } from "./data/project.ts";
import type { Session, SessionState } from "./data/session.ts";
import { Page } from "./pages/page.tsx";
import { SignIn } from "./pages/sign_in.tsx";
import { KeyList } from "./parts/key_list.tsx";
import { leadTo } from "./parts/lead_to.ts";
import { SideBar } from "./parts/side_bar.tsx";
import { Spinner } from "./parts/icons.tsx";
import { go, useRoute } from "./navigate.ts";
import { formatRoute } from "./route.ts";

interface AppProps {
  session: Session;
  built: Built;
}

export function App({ session, built }: AppProps) {
  const state = useSessionState(session);
  const route = useRoute();
  const out = state.type === "signed_out";
  useEffect(() => {
    const here = location.hash;
    if (out && route.page !== "sign-in") {
      go(formatRoute({ page: "sign-in" }, { next: here }), "replace");
    }
    if (state.type === "signed_in" && route.page === "sign-in") {
      const { next = "" } = route.params;
      go(
        next.startsWith("#/") ? next : formatRoute({ page: "chat", session: null }),
        "replace",
      );
    }
  }, [state.type, route.page]);

  if (state.type === "loading") {
    return (
      <div class="whole">
        <Spinner />
      </div>
    );
  }
  if (state.type === "signed_out") {
    return <SignIn session={session} built={built} />;
  }
  return <Inside key={state.user.id} session={session} built={built} state={state} />;
}

interface InsideProps extends AppProps {
  state: Extract<SessionState, { type: "signed_in" }>;
}

/** All that belongs to one user: another one gets another of these. */
function Inside(
  { session, built, state: { user, project, expired } }: InsideProps,
) {
  const data = useMemo(() => createConsoleData(session, user, project), [
    user.id,
    project.url,
  ]);
  const route = useRoute();
  const [menu, setMenu] = useState(false);
  const covered = expired || undefined;
  useEffect(() => setMenu(false), [location.hash]);
  useHeadingFocus(route.page);
  return (
    <ProvideData value={data}>
      <a class="skip" href="#main" onClick={skip}>Skip to the page</a>
      <div class={`frame ${menu ? "menu-open" : ""}`} inert={covered}>
        <SideBar
          route={route}
          sign_out={() => session.signOut()}
          close={() => setMenu(false)}
        />
        <main id="main" tabIndex={-1}>
          <Page route={route} open_menu={() => setMenu(true)} />
        </main>
        <KeyList />
      </div>
      {expired && <SignIn session={session} built={built} over={{ user, project }} />}
    </ProvideData>
  );
}

function skip(event: Event): void {
  event.preventDefault();
  document.getElementById("main")?.focus();
}

/** After a change of page the heading has the focus, so that its reader starts there. */
function useHeadingFocus(page: string): void {
  const first = useRef(true);
  useEffect(() => {
    if (!first.current) leadTo(document.querySelector<HTMLElement>("main h1"));
    first.current = false;
  }, [page]);
}

function useSessionState(session: Session): SessionState {
  const [state, setState] = useState(session.state);
  useEffect(() => {
    setState(session.state);
    return session.subscribe(() => setState(session.state));
  }, [session]);
  return state;
}
