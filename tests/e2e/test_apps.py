"""A number of another Meta app: its own secret, its own address, the same talk."""

from kaisa_relay.accounts.apps import AddApp, AppFacts, SetApp
from tests.e2e.house import WEBHOOK
from tests.e2e.running import Running
from tests.e2e.stage import Stage, stage
from tests.e2e.test_refusals import signed


async def secret_at_meta(it: Stage, app: str, secret: str) -> None:
    """Meta signs what happens in the workspace's account with it, and posts it to that app."""
    url = f"http://{it.running.bind}{WEBHOOK}/{app}"
    await it.meta("webhook", url=url, app_secret=secret, waba=f"waba-{it.workspace.id}")


async def test_another_app_has_its_own_secret(shared: Running) -> None:
    """Added, used and rotated while the relay runs; another app's signature opens nothing."""
    async with stage(shared, lines=0) as it:
        assert await it.do(AddApp("partner", ("secret-one",))) == AppFacts("partner", 0)
        await it.connect("partner")
        await secret_at_meta(it, "partner", "secret-one")
        vera, anna = await it.someone("Vera Visitor"), await it.someone("Anna Agent")
        await it.talking(vera, anna)
        await it.do(SetApp("partner", ("secret-one", "secret-two")))
        await vera.writes("With the old one")
        await anna.reads("With the old one")
        await secret_at_meta(it, "partner", "secret-two")
        await vera.writes("With the new one")
        await anna.reads("With the new one")
        headers = {"X-Hub-Signature-256": f"sha256={signed(b'{}')}"}
        answer = await it.http.post(f"{WEBHOOK}/partner", content=b"{}", headers=headers)
        assert answer.status_code == 401
        answer = await it.http.post(f"{WEBHOOK}/nobody", content=b"{}", headers=headers)
        assert answer.status_code == 401
