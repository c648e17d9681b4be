"""Run the real launcher with the stand-in for its programs: drive.py demo --at …"""

import sys
from pathlib import Path

from deploy.launch import main
from deploy.launch.start import Programs

STANDIN = (sys.executable, str(Path(__file__).with_name("standin.py")))


class Ready(main.Environments):
    def ensure(self, *names: str) -> None:
        """Have everything already."""


main.Environments = Ready
start_with = Programs(STANDIN, STANDIN, (*STANDIN, "flows"))
main.Programs.installed = lambda _: start_with
sys.exit(main.main(sys.argv[1:]))
