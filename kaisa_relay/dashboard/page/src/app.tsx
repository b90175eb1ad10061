import { Agents } from "./team/agents";
import { AlertBar } from "./alerts/bar";
import { Board } from "./board/view";
import { Channels } from "./channels/channels";
import { Conversation } from "./conversation/view";
import { Engagement } from "./engagement/section";
import { useShortcuts } from "./keyboard";
import { Explore } from "./explore/section";
import { address, ENGAGEMENT, EXPLORE, place, type Place } from "./page";
import { Settings } from "./settings/settings";
import { SignIn } from "./signin/signin";
import { may, signOut, who } from "./session";
import { useStore } from "./store";
import { t } from "./text/en";
import { LineState } from "./ui/line";
import { Loading } from "./ui/parts";

export function App() {
  const now = useStore(who);
  if (now.state === "unknown") return <Loading />;
  return now.state === "out" ? <SignIn ended={now.ended} /> : <Signed />;
}

function Signed() {
  useShortcuts();
  return (
    <div class="page">
      <a class="skip" href="#content" onClick={toContent}>
        {t.skip}
      </a>
      <Bar />
      <AlertBar />
      <main id="content" tabIndex={-1}>
        <Shown />
      </main>
    </div>
  );
}

function toContent(event: Event): void {
  event.preventDefault();
  document.getElementById("content")?.focus();
}

function Bar() {
  const here = useStore(place).at;
  const engaging: Place[] = may("engagement:manage") ? [{ at: "triggers" }] : [];
  const exploring: Place = { at: "explore", query: "" };
  const places: Place[] = [{ at: "board" }, { at: "agents" }, { at: "channels" }, exploring, ...engaging, { at: "settings" }];
  return (
    <header class="bar">
      <a class="mark" href={address({ at: "board" })} aria-label={t.title}>
        <Mark />
        <span>{t.title}</span>
      </a>
      <nav class="nav">
        {places.map((each) => {
          const current = here === each.at || (WITHIN[each.at] ?? []).some((at) => at === here);
          return (
            <a key={each.at} href={address(each)} aria-current={current ? "page" : undefined}>
              {CALLED[each.at]}
            </a>
          );
        })}
      </nav>
      <LineState />
      <button type="button" class="button button-plain out" onClick={() => void signOut()}>
        {t.signOut}
      </button>
    </header>
  );
}

/** Places that belong to another one of the bar. */
const WITHIN: Partial<Record<Place["at"], readonly Place["at"][]>> = {
  board: ["conversation"],
  triggers: ENGAGEMENT,
  explore: EXPLORE,
};
const CALLED: Partial<Record<Place["at"], string>> = { ...t.nav, triggers: t.engagement.nav, explore: t.explore.nav };

export function Mark() {
  return (
    <svg class="sign" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" />
      <path d="M7 11h12m-4-4 4 4-4 4M25 21H13m4-4-4 4 4 4" />
    </svg>
  );
}

function Shown() {
  const here = useStore(place);
  switch (here.at) {
    case "agents":
      return <Agents />;
    case "channels":
      return <Channels />;
    case "settings":
      return <Settings />;
    case "explore":
    case "reports":
      return <Explore place={here} />;
    case "triggers":
    case "endpoints":
    case "deliveries":
    case "suppressions":
      return <Engagement place={here} />;
    case "board":
      return <Board chosen={null} />;
    case "conversation":
      return (
        <div class="split">
          <Board chosen={here.id} />
          <Conversation key={here.id} id={here.id} />
        </div>
      );
  }
}
