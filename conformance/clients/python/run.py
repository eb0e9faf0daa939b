"""Runs every scenario with every client on every backend, a line for each."""

import importlib.metadata
import signal
import sys
import traceback

import google_genai
import openai_chat
from scenarios import SCENARIOS

LONGEST = 20  # seconds that one scenario may take
MODELS = {"openai": "gpt-4o", "gemini": "gemini-3-pro"}


def late(*_):
    raise TimeoutError(f"not done after {LONGEST} s")


def run_one(client, backend, name):
    what = f"{client.name} {importlib.metadata.version(client.package)}, {backend} backend, {name}"
    signal.alarm(LONGEST)
    try:
        SCENARIOS[name](client, f"{MODELS[client.front]}-on-{backend}")
    except Exception:
        print(f"FAILED {what}: {traceback.format_exc(limit=-2)}")
        return False
    finally:
        signal.alarm(0)
    print(f"ok     {what}")
    return True


def main():
    signal.signal(signal.SIGALRM, late)
    only = sys.argv[1] if len(sys.argv) > 1 else ""
    passed = failed = 0
    for make in (google_genai.Client, openai_chat.Client):
        client = make()
        for backend in ("chat", "gemini"):
            for name in SCENARIOS:
                if only not in f"{client.name} {backend} {name}":
                    continue
                if run_one(client, backend, name):
                    passed += 1
                else:
                    failed += 1
    print(f"python: {passed} passed, {failed} failed")
    return 1 if failed or not passed and not only else 0


sys.exit(main())
