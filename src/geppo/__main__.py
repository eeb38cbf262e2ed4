"""`python -m geppo`."""

from geppo.cli import main

main()
