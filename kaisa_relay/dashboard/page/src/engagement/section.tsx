// The Engagement Builder's four pages, and the way from one to the other.
import { DeliveryPage } from "../deliveries/detail";
import { Deliveries } from "../deliveries/list";
import { EndpointPage } from "../endpoints/form";
import { Endpoints } from "../endpoints/list";
import { address, ENGAGEMENT, type Place, type Section } from "../page";
import { may } from "../session";
import { Suppressions } from "../suppressions/suppressions";
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
    case "endpoints":
      return place.id ? <EndpointPage key={place.id} id={place.id} /> : <Endpoints />;
    case "deliveries":
      return place.id ? <DeliveryPage key={place.id} id={place.id} /> : <Deliveries filter={place.filter ?? {}} />;
    case "suppressions":
      return <Suppressions />;
  }
}
