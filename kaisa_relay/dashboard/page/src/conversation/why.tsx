import type { Offer, Reasons } from "../api/types";
import { t } from "../text/en";
import { Instant } from "../ui/parts";
import { clockTime } from "../ui/time";

/** Why this channel and these agents, as it was decided when it was decided. */
export function Why({ why }: { why: Reasons }) {
  const { channel, channels, offers } = why;
  return (
    <section class="why">
      <h3>{t.conversation.why}</h3>
      {channel && (
        <p>
          {t.conversation.whyChannel}: {t.channelReason[channel] ?? channel}
          {channels && <span class="quiet"> {t.among(channels)}</span>}
        </p>
      )}
      {offers.length > 0 && (
        <ol aria-label={t.conversation.whyAgents}>
          {offers.map((offer) => (
            <OfferLine key={offer.number} offer={offer} />
          ))}
        </ol>
      )}
    </section>
  );
}

function OfferLine({ offer }: { offer: Offer }) {
  const { reason, among, outcome, offered_at } = offer;
  return (
    <li>
      <Instant at={offered_at}>{clockTime(offered_at)}</Instant>
      <span>
        <strong>{offer.name ?? t.erased}</strong>
        {reason && ` ${t.agentReason[reason] ?? reason}`}
        {among !== null && <span class="quiet"> {t.among(among)}</span>}
      </span>
      <span class={`tag offer-${outcome}`}>{t.offerEnd[outcome] ?? outcome}</span>
    </li>
  );
}
