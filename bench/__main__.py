"""`make bench`: all tables, one after the other."""

from bench import claims, speed

claims.main()
speed.main()
