"""`python3 -m bot …`: prepares .venv the first time, and runs the same command there. Standard library only."""

from bot.venv import inside

if __name__ == "__main__":
    with inside("bot"):
        from bot.cli import main

        main()
