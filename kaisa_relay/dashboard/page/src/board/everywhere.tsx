import { useState } from "preact/hooks";
import type { Conversation } from "../api/types";
import { explain } from "../signin/signin";
import { client } from "../session";
import { t } from "../text/en";
import { Button, Empty, Loading } from "../ui/parts";
import { found } from "./search";
import { Card } from "./view";

type State = "asked" | "loading" | { found: Conversation[] } | { problem: string };

/** Looks for what somebody typed beyond the board: also in what ended long ago. */
export function Everywhere({ typed, chosen }: { typed: string; chosen: string | null }) {
  const [state, setState] = useState<State>("asked");

  async function look(): Promise<void> {
    setState("loading");
    try {
      setState({ found: await found(client, typed) });
    } catch (refused) {
      setState({ problem: explain(refused) });
    }
  }

  return (
    <section class="everywhere" aria-live="polite">
      {state === "asked" && <Button onClick={() => void look()}>{t.board.searchAll}</Button>}
      {state === "loading" && <Loading />}
      {typeof state === "object" && "problem" in state && <p class="problem">{state.problem}</p>}
      {typeof state === "object" && "found" in state && (
        <>
          <h2>{t.board.searchedAll}</h2>
          {state.found.length === 0 && <Empty>{t.board.nothingFound}</Empty>}
          <ul>
            {state.found.map((each) => (
              <li key={each.id}>
                <Card conversation={each} chosen={each.id === chosen} />
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}
