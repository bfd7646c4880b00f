"""`python -m rehab.start`: everything a demo or a one-machine clinic needs, stopped by one Ctrl-C."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import datetime

from honcho.manager import Manager

from rehab.errors import SettingsError
from rehab.settings import ROOT, Settings, load_settings

FLASK = [sys.executable, "-m", "flask", "--app", "rehab"]
NEWCOMER = ROOT / "instance" / "newcomer-token"


def main() -> int:
    """Prepare the database, start the processes, print where to look, wait."""
    try:
        settings = load_settings()
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    try:
        _prepare(settings)
    except subprocess.CalledProcessError as error:
        return error.returncode
    manager = Manager()
    for name, command in _processes(settings).items():
        manager.add_process(name, command, quiet=False, cwd=str(ROOT))
    sys.stdout.write(_where_to_look(settings))
    sys.stdout.flush()
    manager.loop()
    # Ctrl-C is how this is meant to end; anything else is the code of the process that failed.
    return 0 if manager.returncode in (130, -2, None) else int(manager.returncode)


def _prepare(settings: Settings) -> None:
    subprocess.run([*FLASK, "db", "upgrade"], check=True, cwd=ROOT)  # noqa: S603 - our own command
    subprocess.run([*FLASK, "content", "publish"], check=True, cwd=ROOT, stdout=subprocess.DEVNULL)  # noqa: S603
    if settings.is_demo:
        done = subprocess.run(  # noqa: S603
            [*FLASK, "demo", "--if-empty"], check=True, cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        _remember_newcomer(done.stdout)


def _remember_newcomer(output: str) -> None:
    """The invite of the patient a newcomer enrols by hand; its token is stored nowhere else."""
    for line in output.splitlines():
        if line.startswith("{"):
            NEWCOMER.write_text(json.loads(line)["newcomer_token"], encoding="utf-8")


def _processes(settings: Settings) -> dict[str, str]:
    python = sys.executable
    address = f"127.0.0.1:{settings.web_port}"
    web = f"{python} -m gunicorn --bind {address} --workers 1 --threads 8 'rehab:create_app()'"
    processes = {"web": f"{web} --log-level warning", "bot": f"{python} -m bot"}
    if settings.is_demo:
        processes["simulator"] = f"{python} -m bot.demo_simulator"
    return processes


def _where_to_look(settings: Settings) -> str:
    dashboard = f"http://127.0.0.1:{settings.web_port}"
    if not settings.is_demo:
        return f"\n  Dashboard  {dashboard}\n  Bot        talks to {settings.telegram_api_url}\n\n"
    from rehab.cli.demo.cast import PASSWORD, STAFF

    chat = f"http://127.0.0.1:{settings.simulator_port}/"
    token = NEWCOMER.read_text(encoding="utf-8") if NEWCOMER.exists() else ""
    on_call = STAFF[0].telegram_id
    logins = "".join(f"             {found.email}  ({found.role})\n" for found in STAFF)
    return (
        f"\n  Chat       {chat}?start={token}&staff={on_call}\n"
        "             you are Asha (born 1979): tap START, then move the time to tomorrow 09:00\n"
        f"  Dashboard  {dashboard}\n"
        f"{logins}"
        f"             password for all: {PASSWORD}\n"
        f"  Health     {dashboard}/health/intake   {dashboard}/metrics\n\n"
        "  Everybody here is synthetic; nothing reaches Telegram. Ctrl-C stops everything.\n"
        f"  Started {datetime.now():%H:%M:%S}\n\n"  # noqa: DTZ005 - for the person at this machine
    )


if __name__ == "__main__":
    sys.exit(main())
