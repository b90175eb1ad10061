import { AgentLine } from "../team/agents";
import { ChannelLine } from "../channels/channels";
import { address } from "../page";
import { t } from "../text/en";
import { Empty } from "../ui/parts";
import type { Board } from "./board";

/** Agents and channels below the conversations, at a glance. */
export function Strips({ board }: { board: Board }) {
  return (
    <div class="strips">
      <section aria-labelledby="strip-agents">
        <h2 id="strip-agents">
          <a href={address({ at: "agents" })}>{t.agents.heading}</a>
          <span class="count">{board.agents.length}</span>
        </h2>
        {board.agents.length === 0 && <Empty>{t.agents.empty}</Empty>}
        <ul>
          {board.agents.map((agent) => (
            <AgentLine key={agent.id} agent={agent} />
          ))}
        </ul>
      </section>
      <section aria-labelledby="strip-channels">
        <h2 id="strip-channels">
          <a href={address({ at: "channels" })}>{t.channels.heading}</a>
          <span class="count">{board.channels.length}</span>
        </h2>
        {board.channels.length === 0 && <Empty>{t.channels.empty}</Empty>}
        <ul>
          {board.channels.map((channel) => (
            <ChannelLine key={channel.id} channel={channel} />
          ))}
        </ul>
      </section>
    </div>
  );
}
