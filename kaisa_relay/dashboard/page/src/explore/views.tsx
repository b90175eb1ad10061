// Views that the workspace has saved, and the one that is looked at under a name.
import { useState } from "preact/hooks";
import type { SavedView } from "../api/types";
import { address, type Place } from "../page";
import { client, may } from "../session";
import { explain } from "../signin/signin";
import { t } from "../text/en";
import { Asking } from "../ui/asking";
import { useLoaded } from "../ui/loaded";
import { pairs, written } from "./query";

const words = t.explore.views;

type Here = Extract<Place, { query: string }>;

export function Views({ place }: { place: Here }) {
  const { value, again } = useLoaded(() => client.get<{ items: SavedView[] }>("/explore/views"));
  const here = value?.items.filter((each) => each.place === place.at) ?? [];
  const now = written(pairs(place.query));
  const chosen = here.find((each) => written(pairs(each.query)) === now);
  const [problem, setProblem] = useState("");
  const does = (what: Promise<unknown>) => {
    setProblem("");
    void what.then(again, (refused) => setProblem(explain(refused)));
  };
  const keep = (name: string) =>
    does(client.post("/explore/views", { name, place: place.at, query: place.query }));
  return (
    <div class="chips saved" role="group" aria-label={words.heading}>
      {here.map((each) => (
        <a
          key={each.id}
          class="chip report-name"
          href={address({ at: place.at, query: each.query })}
          aria-current={each === chosen ? "page" : undefined}
        >
          {each.name}
        </a>
      ))}
      {chosen && may("conversations:write") && (
        <Asking
          label={words.forget(chosen.name)}
          sure={words.sure(chosen.name)}
          does={() => does(client.delete(`/explore/views/${chosen.id}`))}
        />
      )}
      {!chosen && place.query !== "" && may("conversations:write") && <Keeping keep={keep} />}
      <span class="problem" role="alert">
        {problem}
      </span>
    </div>
  );
}

function Keeping({ keep }: { keep: (name: string) => void }) {
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    keep(String(new FormData(form).get("name")));
    form.reset();
  };
  return (
    <form class="transfer" onSubmit={submit}>
      <input name="name" required maxLength={80} placeholder={words.name} aria-label={words.name} autocomplete="off" />
      <button type="submit" class="button button-plain">
        {words.save}
      </button>
    </form>
  );
}
