"""The demo's athletes in a home, as of today: `python -m tests.journeys.squad_kept HOME ATHLETES`."""

import sys
from datetime import datetime, timedelta
from pathlib import Path

from imu.cli.demo_squad import accounts_opened, keep_others
from imu.cli.demo_story import season_kept, season_until_yesterday


def main() -> None:
    home, athletes = Path(sys.argv[1]), int(sys.argv[2])
    today = datetime.now().astimezone().date()
    season = season_until_yesterday(today)
    season_kept(home, season)
    accounts_opened(home, season, out=home.parent)
    keep_others(home, athletes=athletes, until=today - timedelta(days=1))


if __name__ == "__main__":
    main()
