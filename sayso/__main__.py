"""``python -m sayso``, the same as ``sayso``."""

import sys

if __name__ == "__main__":
    try:
        from sayso.cli import main
    except KeyboardInterrupt:
        sys.exit(130)
    main()
