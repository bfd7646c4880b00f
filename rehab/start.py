"""`python -m rehab.start`: everything a demo or a one-machine clinic needs, stopped by one Ctrl-C."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
import time

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
    taken = [port for port in _ports(settings) if _is_taken(port)]
    if taken:
        sys.stderr.write(_taken_text(taken))
        return 2
    try:
        _prepare(settings)
    except subprocess.CalledProcessError as error:
        return error.returncode
    manager = Manager()
    for name, command in _processes(settings).items():
        manager.add_process(name, command, quiet=False, cwd=str(ROOT))
    threading.Thread(target=_announce, args=(settings,), daemon=True).start()
    manager.loop()
    # Ctrl-C is how this is meant to end; anything else is the code of the process that failed.
    return 0 if manager.returncode in (130, -2, None) else int(manager.returncode)


def _announce(settings: Settings) -> None:
    """Say where to look once somebody answers there."""
    while not all(_is_taken(port) for port in _ports(settings)):
        time.sleep(0.2)
    sys.stdout.write(_where_to_look(settings))
    sys.stdout.flush()


def _ports(settings: Settings) -> dict[int, str]:
    ports = {settings.web_port: "WEB_PORT"}
    if settings.is_demo:
        ports[settings.simulator_port] = "SIMULATOR_PORT"
    return ports


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _taken_text(ports: list[int]) -> str:
    shown = ", ".join(str(port) for port in ports)
    return (
        f"Port {shown} is already in use, perhaps by another `make run`.\n"
        "Stop that one, or choose others: WEB_PORT=8010 SIMULATOR_PORT=8091 make run\n"
    )


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
    from rehab.cli.demo.cast import NEWCOMER_CHAT, PASSWORD, STAFF

    chat = f"http://127.0.0.1:{settings.simulator_port}/"
    token = NEWCOMER.read_text(encoding="utf-8") if NEWCOMER.exists() else ""
    on_call = STAFF[0].telegram_id
    logins = "".join(f"             {found.email}  ({found.role})\n" for found in STAFF)
    return (
        f"\n  Chat       {chat}?patient={NEWCOMER_CHAT}&staff={on_call}&start={token}\n"
        "             you are Asha (born 1979): tap START, then move the time to tomorrow 09:00\n"
        f"  Dashboard  {dashboard}\n"
        f"{logins}"
        f"             password for all: {PASSWORD}\n"
        f"  Health     {dashboard}/health/intake   {dashboard}/metrics\n\n"
        "  Everybody here is synthetic; nothing reaches Telegram. Ctrl-C stops everything.\n\n"
    )


if __name__ == "__main__":
    sys.exit(main())
