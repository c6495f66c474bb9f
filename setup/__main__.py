"""``python -m setup TASK``: what the Makefile calls."""

import sys

from setup import tasks
from setup.console import SetupError

TASKS = {task.__name__: task for task in (tasks.run, tasks.test, tasks.lint, tasks.bench, tasks.lock, tasks.clean)}


def main(arguments: list[str]) -> int:
    """The exit status of a task; a failure is a message, not a trace."""
    if len(arguments) != 1 or arguments[0] not in TASKS:
        print(f"usage: python -m setup {'|'.join(TASKS)}", file=sys.stderr)
        return 2
    try:
        TASKS[arguments[0]]()
    except SetupError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted; the next start goes on from here.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
