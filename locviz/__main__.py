"""``python -m locviz``."""

from locviz.cli import main

raise SystemExit(main())
