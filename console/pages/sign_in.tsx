// Sign-in: as a page of its own, or over the page where a session has expired.
import type { ComponentChildren, TargetedSubmitEvent } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { type Built, type Project, projectName, projectProblem, USUAL_SCHEMA } from "../data/project.ts";
import { rememberedProject, rememberProject } from "../data/project.ts";
import type { Session, User } from "../data/session.ts";
import { Icon, Spinner } from "../parts/icons.tsx";

interface SignInProps {
  session: Session;
  built: Built;
  /** Whose session has expired, and where. */
  over?: { user: User; project: Project };
}

type Way = "password" | "code";

export function SignIn({ session, built, over }: SignInProps) {
  const fixed = over?.project ?? built.project;
  const [way, setWay] = useState<Way>("password");
  const [sent_to, setSentTo] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  useEffect(
    () =>
      form.current?.querySelector<HTMLElement>("input:not([readonly])")
        ?.focus(),
    [way, sent_to],
  );

  const submit = async (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const value = (name: string) => String(new FormData(event.currentTarget).get(name) ?? "").trim();
    const project = fixed ??
      { url: value("url"), publishable_key: value("key"), schema: value("schema") };
    const wrong = projectProblem(project);
    if (wrong) return setProblem(wrong);
    setBusy(true);
    setProblem(null);
    const failed = await enter(
      session,
      project,
      value,
      way === "code" && sent_to === null,
    );
    setBusy(false);
    setProblem(failed);
    if (failed === null && !fixed) rememberProject(localStorage, project);
    if (failed === null && way === "code" && sent_to === null) {
      setSentTo(value("email"));
    }
  };
  const change = (next: Way) => {
    setWay(next);
    setSentTo(null);
    setProblem(null);
  };

  // Over a page there is a main part already.
  const Place = over ? "div" : "main";
  return (
    <Place class={over ? "over" : "whole"}>
      <form
        ref={form}
        class="sign-in block"
        onSubmit={submit}
        aria-labelledby="sign-in-title"
      >
        <p class="brand">
          <Icon name="fork" tone="accent" />Agent console
        </p>
        <h1 id="sign-in-title">
          {over ? "Your session has expired" : "Sign in"}
        </h1>
        {over && (
          <p class="muted">
            Sign in again: what you wrote and what you read is kept.
          </p>
        )}
        {fixed ? <p class="muted">{projectName(fixed)}</p> : <ProjectFields />}
        <Field label="E-mail">
          <input type="email" name="email" autocomplete="username" defaultValue={over?.user.email} required />
        </Field>
        {way === "password" && (
          <Field label="Password">
            <input type="password" name="password" autocomplete="current-password" required />
          </Field>
        )}
        {sent_to !== null && (
          <Field label={`Code sent to ${sent_to}`}>
            <input type="text" name="code" autocomplete="one-time-code" inputMode="numeric" required />
          </Field>
        )}
        {problem && (
          <p class="problem" role="alert">
            <Icon name="failed" />
            {problem}
          </p>
        )}
        <label class="check">
          <input type="checkbox" name="stay" />Stay signed in on this device
        </label>
        <button type="submit" class="button primary" disabled={busy}>
          {busy && <Spinner />}
          {way === "password" || sent_to !== null ? "Sign in" : "Send a code"}
        </button>
        <button
          type="button"
          class="button link"
          onClick={() => change(way === "code" ? "password" : "code")}
        >
          {way === "code" ? "Use a password" : "Use a one-time code"}
        </button>
        {built.demo_user && !over && way === "password" && <DemoUser user={built.demo_user} form={form} />}
        {over && (
          <button
            type="button"
            class="button link"
            onClick={() => session.signOut()}
          >
            Sign out
          </button>
        )}
      </form>
    </Place>
  );
}

/** Gives what is wrong; null where it went well. */
async function enter(
  session: Session,
  project: Project,
  value: (name: string) => string,
  send_code: boolean,
): Promise<string | null> {
  const email = value("email");
  if (send_code) return await session.sendCode(project, email);
  const code = value("code");
  const credentials = code ? { email, code } : { email, password: value("password") };
  return await session.signIn(
    project,
    credentials,
    value("stay") ? "device" : "tab",
  );
}

function ProjectFields() {
  const known = rememberedProject(localStorage);
  return (
    <>
      <Field label="Project URL">
        <input type="url" name="url" autocomplete="url" defaultValue={known?.url} required />
      </Field>
      <Field label="Publishable key">
        <input
          type="text"
          name="key"
          autocomplete="off"
          spellcheck={false}
          defaultValue={known?.publishable_key}
          required
        />
      </Field>
      <Field label="Schema of the agents' tables">
        <input
          type="text"
          name="schema"
          autocomplete="off"
          spellcheck={false}
          defaultValue={known?.schema ?? USUAL_SCHEMA}
          required
        />
      </Field>
    </>
  );
}

function Field({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    <label class="field">
      <span>{label}</span>
      {children}
    </label>
  );
}

/** The local stack's own user, whose password everybody may read. */
function DemoUser(
  { user, form }: {
    user: NonNullable<Built["demo_user"]>;
    form: { current: HTMLFormElement | null };
  },
) {
  const fill = () => {
    for (const [name, value] of Object.entries(user)) {
      const field = form.current?.elements.namedItem(name);
      if (field instanceof HTMLInputElement) field.value = value;
    }
    form.current?.requestSubmit();
  };
  return (
    <p class="demo-user">
      <span class="muted">
        The local stack has a demo user with a workspace.
      </span>
      <button type="button" class="button" onClick={fill}>
        Sign in as {user.email}
      </button>
    </p>
  );
}
