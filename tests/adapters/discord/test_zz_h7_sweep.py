from datetime import date
import pytest, shutil
from tests.adapters.discord.test_season import check_a_season, url
@pytest.mark.parametrize("seed", range(20, 48))
async def test_s(url, seed):
    z=[("2026-01-19","Europe/Berlin"),("2026-02-02","America/New_York"),("2026-01-05","Asia/Kathmandu"),("2026-03-02","Africa/Casablanca")][seed%4]
    await check_a_season(url, seed, date.fromisoformat(z[0]), z[1])
