"""``python -m sim.cli`` is ``planner``."""

from sim.cli import main

if __name__ == "__main__":
    main()
