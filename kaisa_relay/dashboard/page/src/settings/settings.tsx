import { may, who } from "../session";
import { useStore } from "../store";
import { t } from "../text/en";
import { Fact } from "../ui/parts";
import { dayTime } from "../ui/time";
import { Keys } from "./keys";
import { WorkspaceSettings } from "./workspace";

export function Settings() {
  const now = useStore(who);
  if (now.state !== "in") return null;
  const { name, role, expires_at } = now.session;
  return (
    <section class="list-page">
      <h1>{t.settings.heading}</h1>
      <div class="panel">
        <h2>{t.settings.account}</h2>
        <dl class="facts">
          <Fact label={t.signIn.name}>{name}</Fact>
          <Fact label={t.settings.role}>{role}</Fact>
          <Fact label={t.settings.until}>{dayTime(expires_at)}</Fact>
        </dl>
      </div>
      {may("workspace:manage") && <Managed />}
      <div class="panel">
        <h2>{t.settings.shortcuts}</h2>
        <dl class="facts">
          {t.settings.keys.map(([key, does]) => (
            <div class="fact" key={key}>
              <dt>
                <kbd>{key}</kbd>
              </dt>
              <dd>{does}</dd>
            </div>
          ))}
        </dl>
      </div>
    </section>
  );
}

function Managed() {
  return (
    <>
      <h2>{t.settings.workspace}</h2>
      <WorkspaceSettings />
      <Keys />
    </>
  );
}
