// The side bar: pages, conversations, who is signed in and where.
import { useEffect, useState } from "preact/hooks";
import { projectName } from "../data/project.ts";
import { useData } from "../data/use_data.ts";
import { type Route } from "../route.ts";
import { Icon, type IconName } from "./icons.tsx";
import { showKeys } from "./key_list.tsx";
import { SessionList } from "./session_list.tsx";

interface SideBarProps {
  route: Route;
  sign_out: () => void;
  /** Where it lies over the page. */
  close: () => void;
}

const PAGES: readonly {
  name: string;
  icon: IconName;
  href: string;
  pages: readonly Route["page"][];
}[] = [
  { name: "Chat", icon: "chat", href: "#/chat", pages: ["chat"] },
  { name: "Runs", icon: "runs", href: "#/runs", pages: ["runs", "trace"] },
  {
    name: "Approvals",
    icon: "inbox",
    href: "#/approvals",
    pages: ["approvals"],
  },
  { name: "Usage", icon: "usage", href: "#/usage", pages: ["usage"] },
];

export function SideBar({ route, sign_out, close }: SideBarProps) {
  const { user, project } = useData();
  return (
    <>
      <nav class="side" aria-label="Console">
        <p class="brand">
          <Icon name="fork" tone="accent" />Agent console
        </p>
        <ul class="side-pages">
          {PAGES.map(({ name, icon, href, pages }) => (
            <li key={name}>
              <a
                href={href}
                aria-current={pages.includes(route.page) ? "page" : undefined}
              >
                <Icon name={icon} />
                {name}
                {name === "Approvals" && <OpenApprovals />}
              </a>
            </li>
          ))}
        </ul>
        <SessionList route={route} />
        <footer class="side-foot">
          <span class="side-who">
            <span>{user.email}</span>
            <span class="muted">{projectName(project)}</span>
          </span>
          <button type="button" class="button bare" aria-label="Keys" title="Keys" onClick={showKeys}>
            <kbd>?</kbd>
          </button>
          <button
            type="button"
            class="button bare"
            aria-label="Sign out"
            title="Sign out"
            onClick={sign_out}
          >
            <Icon name="exit" />
          </button>
        </footer>
      </nav>
      <div class="side-shade" onClick={close} />
    </>
  );
}

/** How many decisions wait for this user. */
function OpenApprovals() {
  const data = useData();
  const [count, setCount] = useState(0);
  useEffect(() => {
    const look = () =>
      data.ask((client) => client.approvals()).then((open) => setCount(open.length), () => {});
    void look();
    return data.hear(look);
  }, [data]);
  if (count === 0) return null;
  return (
    <span class="count">
      {count}
      <span class="vh">&nbsp;wait for you</span>
    </span>
  );
}
