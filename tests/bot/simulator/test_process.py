"""`python -m bot.simulator` as a newcomer or a supervisor runs it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import urllib.request

from bot.simulator import DEMO_TOKEN


def test_it_says_where_it_is_serves_the_page_and_stops_when_told():
    environment = {**os.environ, "SIMULATOR_PORT": "0", "TELEGRAM_BOT_TOKEN": ""}
    command = [sys.executable, "-m", "bot.simulator"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            address = process.stdout.readline().split()[1]
            with urllib.request.urlopen(address, timeout=5) as page:
                assert "Simulator" in page.read().decode()
                assert "default-src 'none'" in page.headers["Content-Security-Policy"]
            with urllib.request.urlopen(f"{address}/bot{DEMO_TOKEN}/getMe", timeout=5) as answer:
                assert answer.status == 200
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=5) == 0
