// The Engagement Builder's four pages, and the way from one to the other.
import { address, ENGAGEMENT, type Place, type Section } from "../page";
import { may } from "../session";
import { t } from "../text/en";
import { Triggers } from "../triggers/list";
import { TriggerPage } from "../triggers/page";
import { Empty } from "../ui/parts";

type Here = Extract<Place, { at: Section }>;

export function Engagement({ place }: { place: Here }) {
  if (!may("engagement:manage")) {
    return (
      <section class="list-page">
        <Empty>{t.engagement.notAllowed}</Empty>
      </section>
    );
  }
  return (
    <section class="list-page">
      <nav class="tabs" aria-label={t.engagement.nav}>
        {ENGAGEMENT.map((at) => (
          <a key={at} href={address({ at })} aria-current={place.at === at ? "page" : undefined}>
            {t.engagement.sections[at]}
          </a>
        ))}
      </nav>
      <Shown place={place} />
    </section>
  );
}

function Shown({ place }: { place: Here }) {
  switch (place.at) {
    case "triggers":
      return place.id ? <TriggerPage key={place.id} id={place.id} /> : <Triggers />;
    default:
      return null;
  }
}
