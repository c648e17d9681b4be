"""Run the real launcher with the stand-in for its programs: drive.py demo --at …"""

import sys
from pathlib import Path

from deploy.launch.environments import Environments
from deploy.launch.main import main
from deploy.launch.start import Programs

STANDIN = (sys.executable, str(Path(__file__).with_name("standin.py")))

Environments.ensure = lambda *_: None  # it has everything already
start_with = Programs(STANDIN, STANDIN, (*STANDIN, "flows"))
Programs.installed = lambda _: start_with
sys.exit(main(sys.argv[1:]))
