// Sign-in: as a page of its own, or over the page where a session has expired.
import type { TargetedSubmitEvent } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { type Built, type Project, projectName, projectProblem } from "../data/project.ts";
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
  useEffect(() => form.current?.querySelector<HTMLElement>("input:not([readonly])")?.focus(), [way, sent_to]);

  const submit = async (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const value = (name: string) => String(new FormData(event.currentTarget).get(name) ?? "").trim();
    const project = fixed ?? { url: value("url"), publishable_key: value("key") };
    const wrong = projectProblem(project);
    if (wrong) return setProblem(wrong);
    setBusy(true);
    setProblem(null);
    const failed = await enter(session, project, value, way === "code" && sent_to === null);
    setBusy(false);
    setProblem(failed);
    if (failed === null && !fixed) rememberProject(localStorage, project);
    if (failed === null && way === "code" && sent_to === null) setSentTo(value("email"));
  };
  const change = (next: Way) => {
    setWay(next);
    setSentTo(null);
    setProblem(null);
  };

  return (
    <div class={over ? "over" : "whole"}>
      <form ref={form} class="sign-in block" onSubmit={submit} aria-labelledby="sign-in-title">
        <p class="brand"><Icon name="fork" tone="accent" />Agent console</p>
        <h1 id="sign-in-title">{over ? "Your session has expired" : "Sign in"}</h1>
        {over && <p class="muted">Sign in again: what you wrote and what you read is kept.</p>}
        {fixed ? <p class="muted">{projectName(fixed)}</p> : <ProjectFields />}
        <Field name="email" label="E-mail" type="email" autocomplete="username" value={over?.user.email} />
        {way === "password" && (
          <Field name="password" label="Password" type="password" autocomplete="current-password" />
        )}
        {sent_to !== null && (
          <Field name="code" label={`Code sent to ${sent_to}`} type="text" autocomplete="one-time-code" />
        )}
        {problem && <p class="problem" role="alert"><Icon name="failed" />{problem}</p>}
        <label class="check">
          <input type="checkbox" name="stay" />Stay signed in on this device
        </label>
        <button type="submit" class="button primary" disabled={busy}>
          {busy && <Spinner />}
          {way === "password" || sent_to !== null ? "Sign in" : "Send a code"}
        </button>
        <button type="button" class="button link" onClick={() => change(way === "code" ? "password" : "code")}>
          {way === "code" ? "Use a password" : "Use a one-time code"}
        </button>
        {built.demo_user && way === "password" && <DemoUser user={built.demo_user} form={form} />}
        {over && (
          <button type="button" class="button link" onClick={() => session.signOut()}>Sign out</button>
        )}
      </form>
    </div>
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
  return await session.signIn(project, credentials, value("stay") ? "device" : "tab");
}

function ProjectFields() {
  const known = rememberedProject(localStorage);
  return (
    <>
      <Field name="url" label="Project URL" type="url" autocomplete="url" value={known?.url} />
      <Field name="key" label="Publishable key" type="text" autocomplete="off" value={known?.publishable_key} />
    </>
  );
}

interface FieldProps {
  name: string;
  label: string;
  type: string;
  autocomplete: string;
  value?: string;
}

function Field({ name, label, type, autocomplete, value }: FieldProps) {
  return (
    <label class="field">
      <span>{label}</span>
      <input {...{ name, type, autocomplete }} defaultValue={value} required spellcheck={false} />
    </label>
  );
}

/** The local stack's own user, whose password everybody may read. */
function DemoUser({ user, form }: { user: NonNullable<Built["demo_user"]>; form: { current: HTMLFormElement | null } }) {
  const fill = () => {
    for (const [name, value] of Object.entries(user)) {
      const field = form.current?.elements.namedItem(name);
      if (field instanceof HTMLInputElement) field.value = value;
    }
    form.current?.requestSubmit();
  };
  return (
    <p class="demo-user">
      <span class="muted">The local stack has a demo user with a workspace.</span>
      <button type="button" class="button" onClick={fill}>Sign in as {user.email}</button>
    </p>
  );
}
