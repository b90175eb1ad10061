// Reports: the figures of the conversations meant, beside the time before, as a chart and as tables.
import type { Report } from "../api/types";
import { Narrow } from "../explore/narrow";
import { conditions, dayOf, FROM, one, put, within, written } from "../explore/query";
import { address, go } from "../page";
import { client } from "../session";
import { t } from "../text/en";
import { useLoaded } from "../ui/loaded";
import { Button, Empty, Failed, Loading } from "../ui/parts";
import { Chart } from "./chart";
import { called, change, groupName, shown, type Figure } from "./figures";

const words = t.reports;
const NAMES = Object.keys(words.names);
/** Reports that are divided by something of their own. */
const FIXED: Record<string, string> = { agents: "agent", channels: "channel", engagement: "step" };
const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

export function Reports({ query }: { query: string }) {
  const chosen = one(query, "report");
  const name = NAMES.includes(chosen) ? chosen : "funnel";
  const by = FIXED[name] ?? one(query, "by");
  const compare = one(query, "compare") === "true" && one(query, FROM) !== "";
  const asked = put(put(put(written(conditions(query)), "by", FIXED[name] ? "" : by), "zone", ZONE), "compare", compare ? "true" : "");
  const path = `/explore/reports/${name}?${asked}`;
  const { value, failed, again } = useLoaded(() => client.get<Report>(path), path);
  const to = (next: string) => go({ at: "reports", query: next });
  const keep = (next: string) => to(kept(next, query));
  return (
    <>
      <header class="list-head">
        <h1>{words.heading}</h1>
        <a class="button button-plain" href={address({ at: "explore", query: written(conditions(query)) })}>
          {words.show}
        </a>
      </header>
      <Names name={name} query={query} />
      <Narrow query={query} to={keep} />
      <Manner query={query} name={name} by={by} to={to} />
      {failed && <Failed why={failed} retry={() => void again()} />}
      {!failed && value === null && <Loading />}
      {value && <Shown key={name} report={value} by={by} query={query} to={to} />}
    </>
  );
}

/** The next conditions, with what said how they are shown. */
function kept(next: string, query: string): string {
  return ["report", "by", "compare", "figure"].reduce((so_far, name) => put(so_far, name, one(query, name)), next);
}

function Names({ name, query }: { name: string; query: string }) {
  return (
    <nav class="chips" aria-label={words.heading}>
      {NAMES.map((each) => (
        <a
          key={each}
          class="chip report-name"
          href={address({ at: "reports", query: put(put(query, "report", each), "figure", "") })}
          aria-current={each === name ? "page" : undefined}
        >
          {words.names[each]}
        </a>
      ))}
    </nav>
  );
}

interface Choosing {
  query: string;
  to: (query: string) => void;
}

function Manner({ query, name, by, to }: Choosing & { name: string; by: string }) {
  const from = one(query, FROM);
  const recent = (days: number) => {
    const day = 86_400_000;
    const first = dayOf(new Date(Date.now() - (days - 1) * day).toISOString());
    to(within(query, first, dayOf(new Date().toISOString())));
  };
  return (
    <div class="transfer">
      {Object.entries(words.periods).map(([days, says]) => (
        <Button key={days} onClick={() => recent(Number(days))}>
          {says}
        </Button>
      ))}
      {!FIXED[name] && (
        <label>
          {words.by}{" "}
          <select value={by} onChange={(event) => to(put(query, "by", event.currentTarget.value))}>
            <option value="">{words.whole}</option>
            {Object.entries(words.divisions).map(([each, says]) => (
              <option key={each} value={each}>
                {says}
              </option>
            ))}
            {by && !(by in words.divisions) && <option value={by}>{by}</option>}
          </select>
        </label>
      )}
      <label title={from ? undefined : words.compareNeeds}>
        <input
          type="checkbox"
          disabled={!from}
          checked={from !== "" && one(query, "compare") === "true"}
          onChange={(event) => to(put(query, "compare", event.currentTarget.checked ? "true" : ""))}
        />{" "}
        {words.compare}
      </label>
    </div>
  );
}

function Shown({ report, by, query, to }: Choosing & { report: Report; by: string }) {
  const figure = report.figures.find((each) => each.name === one(query, "figure")) ?? report.figures[0];
  if (!figure) return <Empty>{words.nothing}</Empty>;
  return (
    <>
      {report.groups.length > 0 && (
        <section class="panel">
          <label>
            {words.chart}{" "}
            <select value={figure.name} onChange={(event) => to(put(query, "figure", event.currentTarget.value))}>
              {report.figures.map((each) => (
                <option key={each.name} value={each.name}>
                  {called(each.name)}
                </option>
              ))}
            </select>
          </label>
          <Chart report={report} by={by} figure={figure} />
        </section>
      )}
      <Totals report={report} />
      {report.groups.length > 0 && <Groups report={report} by={by} />}
      {report.more && <p class="hint">{words.more}</p>}
    </>
  );
}

function Meaning({ of }: { of: Figure }) {
  return (
    <abbr title={of.definition} tabIndex={0}>
      {called(of.name)}
    </abbr>
  );
}

function Totals({ report }: { report: Report }) {
  const { total, before } = report;
  return (
    <div class="wide panel">
      <table class="figures">
        <thead>
          <tr>
            <th scope="col">{words.figure}</th>
            <th scope="col">{words.now}</th>
            {before && <th scope="col">{words.before}</th>}
            {before && <th scope="col">{words.change}</th>}
          </tr>
        </thead>
        <tbody>
          {report.figures.map((each) => (
            <tr key={each.name} data-figure={each.name}>
              <th scope="row">
                <Meaning of={each} />
              </th>
              <td>{shown(total[each.name], each.unit)}</td>
              {before && <td>{shown(before[each.name], each.unit)}</td>}
              {before && <td>{change(total[each.name], before[each.name], each.unit)}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Groups({ report, by }: { report: Report; by: string }) {
  return (
    <div class="wide panel" role="region" aria-label={words.group} tabIndex={0}>
      <table class="figures">
        <thead>
          <tr>
            <th scope="col">{words.group}</th>
            {report.figures.map((each) => (
              <th key={each.name} scope="col">
                <Meaning of={each} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {report.groups.map((group) => (
            <tr key={group.key} data-group={group.key}>
              <th scope="row">{groupName(group, by)}</th>
              {report.figures.map((each) => (
                <td key={each.name}>{shown(group.values[each.name], each.unit)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
