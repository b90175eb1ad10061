// Explore's pages, and the way from one to the other with the same conditions.
import { address, EXPLORE, type Place } from "../page";
import { Reports } from "../reports/view";
import { t } from "../text/en";
import { List } from "./list";
import { conditions, written } from "./query";
import { Views } from "./views";

type Here = Extract<Place, { query: string }>;

export function Explore({ place }: { place: Here }) {
  const query = written(conditions(place.query));
  return (
    <section class="list-page explore">
      <nav class="tabs" aria-label={t.explore.nav}>
        {EXPLORE.map((at) => (
          <a key={at} href={address({ at, query })} aria-current={place.at === at ? "page" : undefined}>
            {t.explore.sections[at]}
          </a>
        ))}
      </nav>
      <Views place={place} />
      {place.at === "explore" ? <List query={place.query} /> : <Reports query={place.query} />}
    </section>
  );
}
